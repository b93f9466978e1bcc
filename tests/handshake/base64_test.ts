import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeBase64 } from "../../src/handshake/base64.ts";

describe("encodeBase64", () => {
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
    });
  }

  it("agrees with btoa for every byte", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    assert.equal(encodeBase64(bytes), btoa(String.fromCharCode(...bytes)));
  });
});
