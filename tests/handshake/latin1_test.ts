import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asciiToString, latin1ToString, stringToLatin1 } from "../../src/handshake/latin1.ts";

describe("latin1", () => {
  const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

  it("each byte decodes to the character of its number, also 0x80 to 0x9F", () => {
    const text = latin1ToString(everyByte);
    assert.equal(text.length, 256);
    for (let i = 0; i < 256; i++) assert.equal(text.charCodeAt(i), i);
  });

  it("decodes more bytes than a call can have arguments", () => {
    const bytes = Uint8Array.from({ length: 200_003 }, (_, i) => i * 7);
    assert.deepEqual(stringToLatin1(latin1ToString(bytes)), bytes);
  });

  it("stringToLatin1 is the inverse of latin1ToString", () => {
    assert.deepEqual(stringToLatin1(latin1ToString(everyByte)), everyByte);
    assert.deepEqual(stringToLatin1("GET /"), new Uint8Array([0x47, 0x45, 0x54, 0x20, 0x2f]));
    assert.deepEqual(stringToLatin1(""), new Uint8Array(0));
  });

  it("asciiToString gives the same for ASCII", () => {
    const ascii = everyByte.subarray(0, 128);
    assert.equal(asciiToString(ascii), latin1ToString(ascii));
  });
});
