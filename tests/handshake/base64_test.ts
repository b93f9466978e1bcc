import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeBase64, writeBase64 } from "../../src/handshake/base64.ts";

function written(bytes: Uint8Array): string {
  const out = new Uint8Array(1 + Math.ceil(bytes.length / 3) * 4);
  writeBase64(bytes, out, 1);
  return String.fromCharCode(...out.subarray(1));
}

describe("encodeBase64 and writeBase64", () => {
  for (
    const [text, encoded] of [
      ["", ""],
      ["f", "Zg=="],
      ["fo", "Zm8="],
      ["foo", "Zm9v"],
      ["foob", "Zm9vYg=="],
      ["fooba", "Zm9vYmE="],
      ["foobar", "Zm9vYmFy"],
    ] as const
  ) {
    it(`RFC 4648 10: ${JSON.stringify(text)}`, () => {
      assert.equal(encodeBase64(new TextEncoder().encode(text)), encoded);
      assert.equal(written(new TextEncoder().encode(text)), encoded);
    });
  }

  it("agree with btoa for every byte", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    assert.equal(encodeBase64(bytes), btoa(String.fromCharCode(...bytes)));
    assert.equal(written(bytes), btoa(String.fromCharCode(...bytes)));
  });
});
