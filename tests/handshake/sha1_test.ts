import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { sha1 } from "../../src/handshake/sha1.ts";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

describe("sha1", () => {
  for (
    const [text, digest] of [
      ["", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
      ["abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
      [
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
      ],
    ] as const
  ) {
    it(`FIPS 180-4: ${JSON.stringify(text)}`, () => {
      assert.equal(hex(sha1(new TextEncoder().encode(text))), digest);
    });
  }

  it("keeps nothing of a longer message before", () => {
    for (const length of [119, 100, 60]) {
      const bytes = new Uint8Array(length).fill(length);
      assert.equal(hex(sha1(bytes)), createHash("sha1").update(bytes).digest("hex"), `${length}`);
    }
  });

  it("agrees with the platform's at every length around the blocks", () => {
    for (let length = 0; length < 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
      assert.equal(hex(sha1(bytes)), createHash("sha1").update(bytes).digest("hex"), `${length}`);
    }
  });
});
