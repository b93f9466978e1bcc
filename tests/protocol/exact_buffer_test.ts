import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canShareChunk, ExactBuffer } from "../../src/protocol/exact_buffer.ts";
import { bits, concat, filler } from "../helpers/bits.ts";
import { cut } from "../helpers/chunk_splitter.ts";
import { countAllocations } from "../helpers/count_allocations.ts";
import { Endpoint } from "../helpers/protocol_recorder.ts";

const MIB = 1024 * 1024;
/** Long work on a busy machine: some runtimes allow a test five seconds. */
const PATIENT = { timeout: 60_000 };

/** Fills a buffer with frames of the given lengths, each in parts of `partBytes`. */
function fill(buffer: ExactBuffer, frames: readonly number[], partBytes: number): Uint8Array {
  const all = filler(frames.reduce((sum, length) => sum + length, 0));
  let from = 0;
  for (const length of frames) {
    const end = from + length;
    do {
      const to = Math.min(from + partBytes, end);
      buffer.append(all, from, to, length, to === end);
      from = to;
    } while (from < end);
  }
  return all;
}

describe("ExactBuffer", () => {
  it("take returns the bytes in a buffer of exactly their length", () => {
    for (const frames of [[0], [1], [5, 0, 3], [100], [1, 1, 1], [7, 1, 900, 2], [0, 0]]) {
      for (const partBytes of [1, 2, 64, 1000]) {
        const buffer = new ExactBuffer(MIB), all = fill(buffer, frames, partBytes);
        assert.equal(buffer.length, all.length);
        const taken = buffer.take();
        assert.deepEqual(taken, all);
        assert.equal(taken.buffer.byteLength, all.length, `slack: ${frames} by ${partBytes}`);
      }
    }
  });

  it("a frame of known length is allocated once", () => {
    const chunk = filler(20_000);
    const { sizes } = countAllocations(() => {
      const buffer = new ExactBuffer(MIB);
      for (let part = 0; part < 5; part++) buffer.append(chunk, 0, 20_000, 100_000, part === 4);
      assert.equal(buffer.take().length, 100_000);
    });
    assert.deepEqual(sizes, [100_000]);
  });

  it("a large frame of which little has come gets 64 KiB, and the rest when that is full", () => {
    const { sizes, largest } = countAllocations(() => {
      const buffer = new ExactBuffer(MIB);
      buffer.append(filler(1), 0, 1, MIB, false);
      for (let part = 0; part < 60; part++) buffer.append(filler(1000), 0, 1000, MIB, false);
    });
    assert.equal(largest, 65_536);
    assert.equal(sizes.filter((size) => size === 65_536).length, 1);
    const buffer = new ExactBuffer(MIB), all = fill(buffer, [200_000, 70_000, 5], 999);
    assert.deepEqual(buffer.take(), all);
  });

  it("readTarget is the memory of the rest of the frame, and bytes read to it are not copied", () => {
    const buffer = new ExactBuffer(MIB), all = filler(1000);
    assert.equal(buffer.readTarget(10), null);
    for (const [from, end] of [[0, 300], [300, 1000]] as const) {
      buffer.append(all, from, from + 100, end - from, false);
      const { sizes } = countAllocations(() => {
        for (let at = from + 100; at < end; at += 100) {
          const space = buffer.readTarget(150)!;
          assert.equal(space.length, Math.min(150, end - at));
          space.set(all.subarray(at, at + 100));
          space.subarray = () => assert.fail("it is copied");
          buffer.append(space, 0, 100, end - from, at + 100 === end);
        }
      });
      assert.deepEqual(sizes, []);
      assert.equal(buffer.readTarget(10), null, "between frames");
    }
    assert.deepEqual(buffer.take(), all);
    assert.equal(buffer.readTarget(10), null);
  });

  it("memory grows rarely, and never beyond the limit", () => {
    const limit = 1000, chunk = filler(1);
    const { sizes, largest } = countAllocations(() => {
      const buffer = new ExactBuffer(limit);
      for (let count = 0; count < limit; count++) buffer.append(chunk, 0, 1, 1, true);
      assert.equal(buffer.take().length, limit);
    });
    assert.equal(largest, limit);
    assert.ok(sizes.length <= 12, `${sizes}`);
  });

  it("frames of unequal lengths allocate no more than the limit in all", () => {
    for (const frames of [[1, 499, 300, 200], [400, 500, 100], [3, 2, 4, 1, 990], [1, 1, 998]]) {
      for (const partBytes of [1, 7, 1000]) {
        let all = filler(0), taken = all;
        const { sizes } = countAllocations(() => {
          const buffer = new ExactBuffer(1000);
          all = fill(buffer, frames, partBytes);
          taken = buffer.take();
        });
        const held = sizes.filter((size) => size < 1000); // 1,000: the filler and the result
        const bytes = held.reduce((sum, size) => sum + size, 0);
        assert.deepEqual(taken, all);
        assert.ok(bytes <= 1000, `${frames} by ${partBytes}: ${sizes}`);
      }
    }
  });

  it("readTarget is what is left of a buffer that an earlier frame has begun", () => {
    const buffer = new ExactBuffer(1000), all = filler(1000);
    // One of two bytes is free.
    for (const end of [1, 2, 3]) buffer.append(all, end - 1, end, 1, true);
    buffer.append(all, 3, 3, 500, false);
    const first = buffer.readTarget(500)!;
    assert.equal(first.length, 1);
    first.set(all.subarray(3, 4));
    buffer.append(first, 0, 1, 500, false);
    const second = buffer.readTarget(499)!;
    assert.equal(second.length, 499);
    second.set(all.subarray(4, 503));
    buffer.append(second, 0, 499, 500, true);
    assert.deepEqual(buffer.take(), all.subarray(0, 503));
  });

  it("bytes of unknown length are not copied before take", () => {
    const limit = 64 * MIB, chunk = filler(100_000);
    const { sizes, largest } = countAllocations(() => {
      const buffer = new ExactBuffer(limit);
      for (let count = 0; count < 160; count++) buffer.append(chunk, 0, 100_000, null, true);
    });
    assert.equal(largest, MIB);
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 18 * MIB, `${sizes}`);
  });

  it("a frame larger than twice the collected bytes fits", () => {
    const buffer = new ExactBuffer(MIB), all = fill(buffer, [3, 500, 2], 1000);
    assert.deepEqual(buffer.take(), all);
  });

  it("take in the middle of a frame returns the bytes that have arrived", () => {
    const buffer = new ExactBuffer(100);
    buffer.append(filler(3), 0, 3, 10, false);
    assert.deepEqual(buffer.take(), filler(3));
  });

  it("append takes a part of a chunk", () => {
    const buffer = new ExactBuffer(MIB);
    buffer.append(filler(20), 3, 5, 2, true);
    buffer.append(filler(20), 5, 5, 0, true);
    buffer.append(filler(20), 5, 20, 15, true);
    assert.deepEqual(buffer.take(), filler(20).subarray(3));
  });
});

describe("canShareChunk", () => {
  it("a small message shares its chunk from minSharedBytes on", () => {
    const chunk = filler(10_000);
    assert.equal(canShareChunk(chunk, 2, 66, 64), true);
    assert.equal(canShareChunk(chunk, 2, 65, 64), false);
    assert.equal(canShareChunk(chunk, 2, 2 + 4096, 64), true);
    assert.equal(canShareChunk(chunk, 2, 2 + 4097, 64), false);
    assert.equal(canShareChunk(chunk, 2, 2 + 4096, Infinity), false);
  });

  it("no message shares a chunk above 64 KiB, all of which it would keep alive", () => {
    assert.equal(canShareChunk(filler(64 * 1024), 2, 66, 1), true);
    assert.equal(canShareChunk(filler(64 * 1024 + 1), 2, 66, 1), false);
  });

  it("a large message that is alone in its chunk is a view of it", () => {
    assert.equal(canShareChunk(filler(10_014), 14, 10_014, Infinity), true);
  });

  it("a large message with others before or behind it is copied, because its buffer may be transferred", () => {
    assert.equal(canShareChunk(filler(10_015), 15, 10_015, 1), false);
    assert.equal(canShareChunk(filler(10_014), 14, 10_013, 1), false);
  });

  it("a large message is copied if the buffer under its chunk is more than twice as large", () => {
    const pool = new Uint8Array(10_000);
    assert.equal(canShareChunk(pool.subarray(5000), 0, 5000, Infinity), true);
    assert.equal(canShareChunk(pool.subarray(5001), 0, 4999, Infinity), false);
  });
});

describe("memory held for a message", () => {
  /** CVE-2026-48779, CVE-2026-12151: an object per fragment. */
  it("a million fragments of one byte take little more memory than their bytes", PATIENT, () => {
    const frame = bits('0 000 0000 m 0000001 "z"', "client"), count = MIB - 2;
    const stream = new Uint8Array(frame.length * count);
    for (let at = 0; at < stream.length; at += frame.length) stream.set(frame, at);
    const chunks = cut(stream, 65_521), endpoint = new Endpoint("server");
    endpoint.receiveBits('0 000 0010 m 0000001 "z"');
    const { sizes } = countAllocations(() => {
      for (const chunk of chunks) endpoint.receive(chunk);
    });
    endpoint.receiveBits('1 000 0000 m 0000001 "z"');
    const message = endpoint.given[0] as Uint8Array;
    assert.equal(message.length, MIB);
    assert.equal(message.buffer.byteLength, MIB);
    assert.ok(message.every((byte) => byte === 122));
    const allocated = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(allocated <= MIB + 14 && sizes.length < 30, `${sizes}`);
  });

  it("empty fragments take no memory", () => {
    const endpoint = new Endpoint("server");
    endpoint.receiveBits("0 000 0001 m 0000000");
    const frame = bits("0 000 0000 m 0000000", "client");
    const chunk = concat(Array.from({ length: 10_000 }, () => frame));
    const { largest } = countAllocations(() => endpoint.receive(chunk));
    assert.equal(largest, 0);
    endpoint.receiveBits("1 000 0000 m 0000000");
    assert.deepEqual(endpoint.events, ['text ""']);
  });

  it("a frame in chunks of one byte takes its own size", () => {
    const endpoint = new Endpoint("client");
    const chunks = cut(bits("1 000 0010 m 1111110 +ffff *65535", "server"), 1);
    const { sizes } = countAllocations(() => {
      for (const chunk of chunks) endpoint.receive(chunk);
    });
    assert.deepEqual(sizes.filter((size) => size > 14), [65535]);
    assert.deepEqual(endpoint.given, [filler(65535)]);
  });

  it("a frame above the limit is refused at its header, before memory is allocated", () => {
    for (const length of ["7fffffffffffffff", "001fffffffffffff", "0000000100000000"]) {
      for (const maxMessageBytes of [100, Infinity]) {
        const endpoint = new Endpoint("server", { maxMessageBytes });
        const { largest } = countAllocations(() =>
          endpoint.receiveBits(`1 000 0010 m 1111111 +${length}`)
        );
        assert.equal(endpoint.protocol.state, "failed");
        assert.ok(largest < 1000, `${largest}`);
      }
    }
  });
});
