import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeAscii, decodeLatin1, encodeLatin1 } from "../../src/handshake/latin1.ts";

describe("latin1", () => {
  const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

  it("decodes each byte to the character of its number, 0x80 to 0x9F too", () => {
    const text = decodeLatin1(everyByte);
    assert.equal(text.length, 256);
    for (let i = 0; i < 256; i++) assert.equal(text.charCodeAt(i), i);
  });

  it("encodes back what it decoded", () => {
    assert.deepEqual(encodeLatin1(decodeLatin1(everyByte)), everyByte);
    assert.deepEqual(encodeLatin1("GET /"), new Uint8Array([0x47, 0x45, 0x54, 0x20, 0x2f]));
    assert.deepEqual(encodeLatin1(""), new Uint8Array(0));
  });

  it("has a fast way for ASCII that gives the same", () => {
    const ascii = everyByte.subarray(0, 128);
    assert.equal(decodeAscii(ascii), decodeLatin1(ascii));
  });
});
