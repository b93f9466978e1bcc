import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { IncrementalText } from "../../src/protocol/incremental_text.ts";

const encoder = new TextEncoder();
const TEXT = "\ufeffz\u00e9\u20ac\u{1f600}\ufeff\u{10ffff}\0\ufffd";

function readPieces(bytes: Uint8Array, cuts: readonly number[]): string[] {
  const pieces = new IncrementalText(), ends = [...cuts, bytes.length];
  let start = 0;
  return ends.map((end, index) => {
    assert.ok(pieces.check(bytes, start, end));
    const text = pieces.decode(bytes, start, end, index === ends.length - 1);
    start = end;
    return text;
  });
}

describe("§5.6 text in chunks", () => {
  const bytes = encoder.encode(TEXT);

  it("the chunks decode to the text, wherever it is cut", () => {
    for (let a = 0; a <= bytes.length; a++) {
      for (let b = a; b <= bytes.length; b++) {
        assert.equal(readPieces(bytes, [a, b]).join(""), TEXT, `cut at ${a} and ${b}`);
      }
    }
  });

  it("single bytes and an empty last chunk decode to the text", () => {
    const everywhere = Array.from(bytes, (_, index) => index + 1);
    assert.equal(readPieces(bytes, everywhere).join(""), TEXT);
  });

  it("a character is decoded with its last byte", () => {
    assert.deepEqual(readPieces(encoder.encode("a\u{1f600}b"), [1, 2, 3, 4, 5]), [
      "a",
      "",
      "",
      "",
      "\u{1f600}",
      "b",
    ]);
  });

  it("isComplete is false inside a character", () => {
    const pieces = new IncrementalText();
    assert.ok(pieces.isComplete);
    assert.ok(pieces.check(bytes, 0, 1));
    assert.ok(!pieces.isComplete);
    assert.ok(pieces.check(bytes, 1, 3));
    assert.ok(pieces.isComplete);
  });

  it("invalid UTF-8 is refused, also across a cut", () => {
    const pieces = new IncrementalText();
    assert.ok(pieces.check(Uint8Array.of(0x61, 0xed), 0, 2));
    assert.ok(!pieces.check(Uint8Array.of(0xa0), 0, 1));
  });
});
