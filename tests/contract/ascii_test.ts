/** Short ASCII decoded by the runtime's own hands. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeUtf8 } from "../../src/protocol/utf8.ts";
import { decodeAscii } from "../../src/runtime/ascii.ts";

describe("decodeAscii", () => {
  it("is there on every runtime, and gives each character its own", () => {
    assert.ok(decodeAscii !== undefined);
    const bytes = Uint8Array.from({ length: 130 }, (_, index) => (index - 1) & 0x7f);
    const expected = String.fromCharCode(...bytes.subarray(1, 129));
    assert.equal(decodeAscii(bytes, 1, 129), expected);
    assert.equal(decodeAscii(bytes.subarray(1), 0, 128), expected);
    assert.equal(decodeAscii(bytes, 5, 5), "");
  });

  it("is asked for short ASCII only", () => {
    const asked: number[] = [];
    const spy = (_bytes: Uint8Array, start: number, end: number): string => {
      asked.push(end - start);
      return "asked";
    };
    for (const text of ["plain", "ä", "x".repeat(64), "x".repeat(63) + "ä", "y".repeat(65)]) {
      const bytes = new TextEncoder().encode(text);
      const isAsked = text === "plain" || text.length === 64 && text.endsWith("x");
      assert.equal(decodeUtf8(bytes, 0, bytes.length, spy), isAsked ? "asked" : text);
    }
    assert.deepEqual(asked, [5, 64]);
  });
});
