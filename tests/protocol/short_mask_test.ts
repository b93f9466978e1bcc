import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyShortMask, ChunkWords, unmaskedCopy } from "../../src/protocol/short_mask.ts";
import { KEY } from "../helpers/bits.ts";

const OCTETS = [24, 16, 8, 0].map((shift) => (KEY >>> shift) & 0xff);

/** Unmasks `payload` at `start` of a chunk that begins at `byteOffset` of its buffer. */
function check(payload: Uint8Array, start: number, byteOffset: number, byWords: boolean): number {
  const size = start + payload.length + 9, end = start + payload.length;
  const chunk = new Uint8Array(new ArrayBuffer(byteOffset + size), byteOffset, size).fill(0x55);
  chunk.set(payload.map((byte, index) => byte ^ OCTETS[index % 4]!), start);
  const bits = applyShortMask(chunk, byWords ? new ChunkWords(chunk) : null, start, end, KEY);
  const where = `${payload.length} bytes at ${byteOffset} + ${start}, by words ${byWords}`;
  assert.deepEqual(chunk.subarray(start, end), payload, where);
  const outside = [...chunk.subarray(0, start), ...chunk.subarray(end)];
  assert.ok(outside.every((byte) => byte === 0x55), `wrote outside: ${where}`);
  return bits;
}

describe("§5.3 unmasking short payloads", () => {
  for (const byWords of [false, true]) {
    it(`applyShortMask is the octet-wise XOR at every length and alignment, by words ${byWords}`, () => {
      for (let length = 0; length < 128; length++) {
        const payload = Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 0x7f);
        for (let start = 0; start < 8; start++) {
          for (const byteOffset of [0, 1, 2, 3]) {
            const bits = check(payload, start, byteOffset, byWords);
            assert.ok(bits < 0x80, `${length} ASCII bytes gave ${bits}`);
          }
        }
      }
    });

    it(`applyShortMask reports one byte that is not ASCII at any offset, by words ${byWords}`, () => {
      for (let length = 1; length < 70; length++) {
        for (let place = 0; place < length; place++) {
          const payload = new Uint8Array(length).fill(0x41);
          payload[place] = 0x80;
          const bits = check(payload, place & 3, 0, byWords);
          assert.ok(bits >= 0x80, `place ${place} of ${length}`);
        }
      }
    });
  }
});

describe("unmaskedCopy", () => {
  it("unmaskedCopy is the unmasked payload, and the chunk does not change", () => {
    for (let length = 0; length <= 20; length++) {
      const plain = Uint8Array.from({ length }, (_, at) => at * 37);
      const chunk = Uint8Array.of(
        9,
        9,
        9,
        ...plain.map((byte, at) => byte ^ OCTETS[at % 4]!),
        9,
        9,
      );
      const before = chunk.slice(), copy = unmaskedCopy(chunk, 3, 3 + length, KEY);
      assert.deepEqual(copy, plain, `${length} bytes`);
      assert.equal(copy.buffer.byteLength, length);
      assert.deepEqual(chunk, before);
    }
  });
});
