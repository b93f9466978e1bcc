import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyMask } from "../../src/protocol/mask.ts";
import { type BlockMask, makeSimdMask } from "../../src/protocol/simd_mask.ts";
import { KEY } from "../helpers/bits.ts";
import { makeRandom } from "../helpers/byte_pattern.ts";

const KEYS = [KEY, 0, 0xffff_ffff, 0x8000_0001, 0x0102_0304];
const MARGIN = 9;

/** Section 5.3: transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4). */
function maskNaively(bytes: Uint8Array, key: number, position: number): Uint8Array {
  const octets = [24, 16, 8, 0].map((shift) => (key >>> shift) & 0xff);
  return bytes.map((byte, index) => byte ^ octets[(position % 4 + index) % 4]!);
}

function checkMask(source: Uint8Array, offset: number, position: number, key: number): void {
  const bytes = new Uint8Array(source.length + 2 * MARGIN).fill(0x55);
  const start = MARGIN + offset, end = start + source.length;
  bytes.set(source, start);
  applyMask(bytes, start, end, key, position);
  const where = `${source.length} bytes at offset ${offset}, position ${position}, key ${key}`;
  assert.ok(equal(bytes.subarray(start, end), maskNaively(source, key, position)), where);
  const outside = [...bytes.subarray(0, start), ...bytes.subarray(end)];
  assert.ok(outside.every((byte) => byte === 0x55), `wrote outside: ${where}`);
}

/** Masks a payload with `behind` bytes behind it. */
function checkSimd(mask: BlockMask, source: Uint8Array, start: number, behind: number): void {
  const end = start + source.length, bytes = new Uint8Array(end + behind).fill(0x55);
  bytes.set(source, start);
  mask(bytes, start, end, KEY);
  const where = `${source.length} bytes at ${start} of ${bytes.length}`;
  assert.ok(equal(bytes.subarray(start, end), maskNaively(source, KEY, 0)), where);
  const outside = [...bytes.subarray(0, start), ...bytes.subarray(end)];
  assert.ok(outside.every((byte) => byte === 0x55), `wrote outside: ${where}`);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

describe("§5.3 masking", () => {
  const random = makeRandom(53);
  const source = Uint8Array.from({ length: 1024 }, () => random() * 256);

  it("masking is the octet-wise XOR at every length to 300, alignment and position", () => {
    for (let length = 0; length <= 300; length++) {
      for (let offset = 0; offset < 4; offset++) {
        for (let position = 0; position < 4; position++) {
          checkMask(source.subarray(0, length), offset, position, KEY);
        }
      }
    }
  });

  it("keys with the highest bit set mask as unsigned numbers", () => {
    for (const key of KEYS) {
      for (const length of [1, 4, 127, 128, 129, 1024]) {
        for (let position = 0; position < 4; position++) {
          checkMask(source.subarray(0, length), 1, position, key);
        }
      }
    }
  });

  it("positions beyond 2^32 mask correctly", () => {
    for (const position of [2 ** 32 - 1, 2 ** 32 + 1, 2 ** 52 + 3, Number.MAX_SAFE_INTEGER]) {
      checkMask(source.subarray(0, 200), 2, position, KEY);
    }
  });

  it("a view at any offset of its buffer is masked correctly", () => {
    for (let byteOffset = 0; byteOffset < 8; byteOffset++) {
      const view = new Uint8Array(new ArrayBuffer(byteOffset + 512), byteOffset, 512);
      view.set(source.subarray(0, 512));
      applyMask(view, 3, 500, KEY, 5);
      const expected = maskNaively(source.subarray(3, 500), KEY, 5);
      assert.ok(equal(view.subarray(3, 500), expected), `byteOffset ${byteOffset}`);
    }
  });

  it("large payloads are masked the same in one chunk and in several", () => {
    const large = Uint8Array.from({ length: 40_000 }, () => random() * 256);
    for (const length of [511, 512, 513, 2048, 16_384, 16_385, 40_000]) {
      for (let position = 0; position < 4; position++) {
        checkMask(large.subarray(0, length), 3, position, KEY);
      }
    }
    const bytes = large.slice(), cuts = [0, 5000, 5001, 12_347, 40_000];
    cuts.slice(1).forEach((end, i) => applyMask(bytes, cuts[i]!, end, KEY, cuts[i]!));
    assert.ok(equal(bytes, maskNaively(large, KEY, 0)));
  });

  it("masking twice gives the original bytes", () => {
    const bytes = source.slice();
    applyMask(bytes, 0, bytes.length, KEY, 7);
    applyMask(bytes, 0, bytes.length, KEY, 7);
    assert.ok(equal(bytes, source));
  });
});

describe("masking by 128-bit words", () => {
  const source = Uint8Array.from({ length: 33_000 }, (_, index) => index * 31 + (index >> 8));

  it("the SIMD mask exists on every runtime, and is the octet-wise XOR of any length", () => {
    const mask = makeSimdMask();
    assert.ok(mask !== null);
    for (const length of [1, 63, 64, 65, 127, 128, 16_383, 16_384, 16_385, 32_768, 33_000]) {
      const payload = source.subarray(0, length);
      for (const start of [0, 1, 2, 3, 4, 14, 15, 70, 5_000]) {
        // Alone in its chunk, and with others behind it.
        for (const behind of [0, MARGIN, 64, 5_000]) checkSimd(mask, payload, start, behind);
      }
    }
  });

  it("masking reports large bytes as ASCII exactly when all of them are", () => {
    for (const length of [512, 575, 576, 2048, 2111, 2112, 16_384, 16_447, 16_448, 40_000]) {
      const bytes = maskNaively(new Uint8Array(length).fill(0x61), KEY, 3);
      const report = () => applyMask(bytes, 0, length, KEY, 3) < 0x80;
      assert.ok(report(), `${length} bytes of ASCII`);
      for (const at of [0, 15, 16, 63, 64, 500, length - 65, length - 64, length - 1]) {
        applyMask(bytes, 0, length, KEY, 3);
        bytes[at]! ^= 0x80;
        assert.ok(!report(), `byte ${at} of ${length} is not ASCII`);
        bytes[at]! ^= 0x80;
      }
    }
  });

  it("masking reports no short bytes as ASCII that are not", () => {
    for (let length = 1; length < 2048; length += 61) { // with 128-bit words and without
      const bytes = new Uint8Array(length);
      bytes[length - 1] = 0x80;
      assert.ok(applyMask(bytes, 0, length, 0, 0) >= 0x80, `${length} bytes`);
    }
  });

  it("makeSimdMask returns null where WebAssembly may not be compiled", () => {
    const { Module } = WebAssembly;
    WebAssembly.Module = class extends Module {
      constructor() {
        super(new Uint8Array(0)); // throws a CompileError, as under a content security policy
      }
    };
    try {
      assert.equal(makeSimdMask(), null);
    } finally {
      WebAssembly.Module = Module;
    }
  });
});
