import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { acceptKey, isKey, makeKey, writeAcceptKey } from "../../src/handshake/accept_key.ts";

describe("acceptKey", () => {
  it("RFC 6455 1.3: answers the key of the example", () => {
    assert.equal(acceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  it("RFC 6455 4.2.2: agrees with the platform's SHA-1", () => {
    for (let i = 0; i < 256; i++) {
      const key = makeKey(Uint8Array.from({ length: 16 }, (_, j) => i * 31 + j * 17));
      const hash = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
      const expected = hash.digest("base64"), out = new Uint8Array(28);
      assert.equal(acceptKey(key), expected);
      writeAcceptKey(key, out, { at: 0 });
      assert.equal(String.fromCharCode(...out), expected);
    }
  });
});

describe("makeKey", () => {
  it("RFC 6455 4.1 (7): encodes 16 bytes", () => {
    assert.equal(makeKey(new TextEncoder().encode("the sample nonce")), "dGhlIHNhbXBsZSBub25jZQ==");
  });

  it("makeKey throws a RangeError for any other number of bytes", () => {
    for (const length of [0, 15, 17]) {
      assert.throws(() => makeKey(new Uint8Array(length)), RangeError);
    }
  });
});

describe("isKey", () => {
  for (
    const [key, good, why] of [
      ["dGhlIHNhbXBsZSBub25jZQ==", true, "RFC 6455 1.3"],
      ["AAAAAAAAAAAAAAAAAAAAAA==", true, "all zero"],
      ["/////////////////////w==", true, "all one"],
      ["", false, "empty"],
      ["dGhlIHNhbXBsZSBub25jZR==", false, "RFC 4648 3.5: bits behind the last byte"],
      ["dGhlIHNhbXBsZSBub25jZQ=", false, "padding is missing"],
      ["dGhlIHNhbXBsZSBub25jZQ", false, "padding is missing"],
      ["dGhlIHNhbXBsZSBub25j", false, "15 bytes"],
      ["dGhlIHNhbXBsZSBub25jZQ9=", false, "17 bytes"],
      ["dGhlIHNhbXBsZSBub25jZQ==\n", false, "line end"],
      [" dGhlIHNhbXBsZSBub25jZQ==", false, "space"],
      ["dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==", false, "two keys in one field"],
      ["dGhlIHNhbXBsZSBub25_ZQ==", false, "URL alphabet"],
      ["dGhlIHNhbXBsZSBub25j\u00e9Q==", false, "not ASCII"],
      ["=".repeat(1 << 20), false, "long"],
    ] as const
  ) {
    it(`${good ? "takes" : "refuses"}: ${why}`, () => assert.equal(isKey(key), good));
  }
});
