/** Shapes of handlers that are refused when they are registered. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkSpelling } from "../../src/connection/check_spelling.ts";
import { untyped } from "../helpers/untyped.ts";

describe("concurrency", () => {
  for (const concurrency of [1, 20, Infinity]) {
    it(`concurrency of ${concurrency} is taken`, () => {
      const handler = { message() {}, concurrency };
      assert.equal(checkSpelling(handler), handler);
    });
  }

  for (const concurrency of [0, -1, 1.5, NaN, "2", null]) {
    it(`concurrency of ${JSON.stringify(concurrency)} (${concurrency}) throws`, () => {
      const handler = { message() {}, concurrency };
      const expected = { name: "RangeError", message: /^handler\.concurrency: must be/ };
      assert.throws(() => checkSpelling(untyped(handler)), expected);
    });
  }
});

describe("checkSpelling", () => {
  for (
    const [name, handler] of [
      ["a session", { session() {} }],
      ["a session with open and close", { session() {}, open() {}, close() {} }],
      ["message", { message() {}, helper() {} }],
      ["open alone, for a connection that only sends", { open() {}, protocol: "ticker" }],
      [
        "a class with methods of its own",
        new (class Chat {
          history(): void {}
          open(): void {}
          message(): void {}
        })(),
      ],
    ] as const
  ) {
    it(`takes ${name}`, () => {
      assert.equal(checkSpelling(untyped(handler)), handler);
    });
  }

  for (
    const [name, handler, message] of [
      ["undefined", undefined, /must be an object with session\(\) or message\(\), not undefined/],
      ["a string", "echo", /not "echo"/],
      ["an empty object", {}, /has no session\(\), message\(\), open\(\) or close\(\)/],
      ["a method that is no function", { message: 1 }, /^handler.message: must be a function/],
      ["session and message", { session() {}, message() {} }, /not both/],
      ["onmessage", { onmessage() {} }, /but onmessage\(\); did you mean "message"\?/],
      ["open and mesage", { open() {}, mesage() {} }, /but mesage\(\); did you mean "message"\?/],
      [
        "a class with onMessage",
        new (class Chat {
          onMessage(): void {}
        })(),
        /but onMessage\(\); did you mean "message"\?/,
      ],
    ] as const
  ) {
    it(`refuses ${name}`, () => {
      assert.throws(() => checkSpelling(untyped(handler)), { name: "TypeError", message });
    });
  }
});
