/**
 * `WebSocketError` of WHATWG's proposal (whatwg/websockets, pull request 48).
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeWebSocketError, WebSocketError } from "../../src/websocket/websocket_error.ts";
import { named } from "./raw_streams.ts";

describe("WebSocketError", () => {
  it("WebSocketError is a DOMException with a code and a reason", () => {
    const error = new WebSocketError("words", { closeCode: 3000, reason: "bye" });
    assert.ok(error instanceof DOMException);
    const { name, message, code, closeCode, reason } = error;
    assert.deepEqual({ name, message, code, closeCode, reason }, {
      name: "WebSocketError",
      message: "words",
      code: 0,
      closeCode: 3000,
      reason: "bye",
    });
    assert.equal(Object.prototype.toString.call(error), "[object WebSocketError]");
    const plain = new WebSocketError();
    assert.deepEqual([plain.message, plain.closeCode, plain.reason], ["", null, ""]);
    assert.equal(new WebSocketError("", { reason: "bye" }).closeCode, 1000);
  });

  it("throws for what close() throws for", () => {
    const make = (init: unknown) => () => Reflect.construct(WebSocketError, ["", init]);
    assert.throws(make({ closeCode: 1001 }), named("InvalidAccessError"));
    assert.throws(make({ closeCode: -1 }), TypeError);
    assert.throws(make({ reason: "a".repeat(124) }), named("SyntaxError"));
  });

  it("WebSocketError that a stream makes may have any code", () => {
    const error = makeWebSocketError({
      message: "words",
      closeCode: 1006,
      reason: "",
      cause: new Error("why"),
    });
    assert.deepEqual([error.closeCode, error.reason], [1006, ""]);
    assert.equal(String(error.cause), "Error: why");
  });
});
