import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CloseCode, isWireCloseCode } from "../../src/protocol/close_code.ts";
import { checkClosePayload, encodeClose } from "../../src/protocol/control_payload.ts";
import { Violations } from "../../src/protocol/violations.ts";
import { Endpoint } from "../helpers/protocol_recorder.ts";

/** Section 7.4 and the registry it set up, as ranges that may be sent. */
const SENDABLE = [[1000, 1003], [1007, 1014], [3000, 4999]] as const;

function maySend(code: number): boolean {
  return SENDABLE.some(([first, last]) => code >= first && code <= last);
}

function throwsRangeError(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (error) {
    assert.ok(error instanceof RangeError);
    return true;
  }
}

describe("§7.4 close codes", () => {
  it("a close code from 0 to 5000 is accepted from a peer if and only if it can be sent", () => {
    for (let code = 0; code <= 5000; code++) {
      const expected = maySend(code), what = `code ${code}`;
      assert.equal(isWireCloseCode(code), expected, what);
      assert.equal(throwsRangeError(() => encodeClose(code)), !expected, what);
      const verdict = checkClosePayload(Uint8Array.of(code >> 8, code & 0xff));
      assert.equal(verdict, expected ? null : Violations.closeCode, what);
    }
  });

  it("a close code arrives as it was sent, and is answered with the same code", () => {
    for (const [first, last] of SENDABLE) {
      for (let code = first; code <= last; code++) {
        const client = new Endpoint("client"), server = new Endpoint("server");
        client.protocol.sendClose(code, "why");
        server.receive(client.output.take());
        assert.deepEqual(server.events, [`close ${code} "why"`]);
        client.receive(server.output.take());
        assert.deepEqual(client.events, [`close ${code} "why"`]);
      }
    }
  });

  it("a number above 65535 or with a fraction is not a close code", () => {
    for (const code of [-1, 1000.5, 65536 + 1000, NaN, Infinity]) {
      assert.ok(throwsRangeError(() => encodeClose(code)), `code ${code}`);
    }
  });

  it("CloseCode has the names and numbers of the IANA registry", () => {
    assert.equal(CloseCode.NormalClosure, 1000);
    assert.equal(CloseCode.NoStatusReceived, 1005);
    assert.equal(CloseCode.MessageTooBig, 1009);
    assert.equal(CloseCode.TlsHandshake, 1015);
    const codes = Object.values(CloseCode);
    assert.equal(new Set(codes).size, codes.length);
  });
});
