/**
 * The buffers of Deno's transport: what a pending read holds, what is being written, and
 * what waits for its turn.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ReadBuffer } from "../../../src/runtime/deno/read_buffer.ts";
import { MAX_PIECE_BYTES, WriteArena } from "../../../src/runtime/deno/write_arena.ts";
import { COPY_BYTES, WriteQueue } from "../../../src/runtime/deno/write_queue.ts";

const KIB = 1024;

/** The buffer of the next read. */
function next(buffer: ReadBuffer): Uint8Array {
  const bytes = buffer.begin();
  buffer.end();
  return bytes;
}

/** Reads `length` bytes of `value`, as much as one read takes, for somebody who keeps them. */
function read(buffer: ReadBuffer, length: number, value = 1): Uint8Array {
  const bytes = buffer.begin(), taken = Math.min(length, bytes.length);
  bytes.fill(value, 0, taken);
  buffer.end();
  const chunk = buffer.take(taken);
  buffer.prepare(false);
  return chunk;
}

describe("ReadBuffer", () => {
  it("stays small for small reads", () => {
    const buffer = new ReadBuffer();
    const bytes = next(buffer);
    for (let length = 1; length < 200; length++) assert.equal(read(buffer, length).length, length);
    assert.equal(next(buffer), bytes);
  });

  it("never writes again into a buffer that was given away", () => {
    const buffer = new ReadBuffer();
    const chunks: [Uint8Array, number][] = [];
    for (let value = 1; value < 250; value++) {
      chunks.push([read(buffer, value * 331, value), value]);
    }
    for (const [chunk, value] of chunks) assert.ok(chunk.every((byte) => byte === value));
  });

  it("keeps gathered reads intact, also when some of them are free again", () => {
    const buffer = new ReadBuffer();
    const kept: [Uint8Array, number][] = [];
    for (let value = 1; value < 250; value++) {
      next(buffer).fill(value, 0, value % 128);
      const chunk = buffer.take(value % 128 + 1), isFree = value % 3 === 0;
      buffer.prepare(isFree);
      if (isFree) chunk.fill(0xff);
      else kept.push([chunk.subarray(0, -1), value]);
    }
    for (const [chunk, value] of kept) assert.ok(chunk.every((byte) => byte === value), `${value}`);
    const buffers = new Set(kept.map(([chunk]) => chunk.buffer));
    assert.ok(buffers.size < 30, `${buffers.size}`);
  });

  it("needs no more memory for small reads that are all free again", () => {
    const buffer = new ReadBuffer();
    const buffers = new Set<unknown>();
    for (let times = 0; times < 100; times++) {
      buffers.add(buffer.take(100).buffer);
      buffer.prepare(true);
    }
    assert.equal(buffers.size, 1);
  });

  it("goes on after a gathered chunk was transferred", () => {
    const buffer = new ReadBuffer();
    for (let value = 1; value < 20; value++) {
      const chunk = read(buffer, 10, value);
      assert.deepEqual([...chunk], new Array(10).fill(value));
      if (chunk.buffer instanceof ArrayBuffer) chunk.buffer.transfer();
      assert.equal(chunk.length, 0);
    }
  });

  it("reuses a buffer that is free again", () => {
    const buffer = new ReadBuffer();
    for (const length of [512, 8 * KIB]) read(buffer, length);
    const bytes = next(buffer);
    for (const isFree of [true, true, false]) {
      assert.equal(next(buffer), bytes);
      buffer.take(bytes.length);
      buffer.prepare(isFree);
    }
    assert.notEqual(next(buffer), bytes);
    assert.equal(next(buffer).length, bytes.length);
  });

  it("copies a few bytes, so that they do not keep a large buffer", () => {
    const buffer = new ReadBuffer();
    for (const length of [9, 512, 9, 512, 8192, 9, 512, 8192, 64 * KIB, 9, 600, 5000]) {
      const chunk = read(buffer, length);
      assert.ok(chunk.buffer.byteLength <= Math.max(512, 2 * chunk.length), `${length}`);
    }
  });

  it("hands over its buffer for a few bytes only while the sink keeps none", () => {
    const buffer = new ReadBuffer();
    for (const length of [512, 1000, 512, 1000]) read(buffer, length);
    const sizes = [true, true, false, false, true, true].map((isFree) => {
      next(buffer);
      const chunk = buffer.take(1000);
      buffer.prepare(isFree);
      return chunk.buffer.byteLength;
    });
    assert.deepEqual(sizes, [1000, 8 * KIB, 8 * KIB, 1000, 1000, 8 * KIB]);
  });

  it("never writes into a buffer of which the sink has kept a few bytes", () => {
    const buffer = new ReadBuffer(), kept: [Uint8Array, number][] = [];
    for (const length of [512, 1000, 512, 1000]) read(buffer, length);
    for (let value = 1; value < 100; value++) {
      next(buffer).fill(value, 0, 300);
      const chunk = buffer.take(300), isFree = value % 3 > 0;
      buffer.prepare(isFree);
      if (!isFree) kept.push([chunk, value]);
    }
    for (const [chunk, value] of kept) assert.ok(chunk.every((byte) => byte === value), `${value}`);
  });

  it("grows while reads fill it", () => {
    const buffer = new ReadBuffer();
    for (const expected of [512, 8 * KIB, 65 * KIB, 65 * KIB]) {
      assert.equal(next(buffer).length, expected);
      read(buffer, Infinity);
    }
  });

  it("ReadBuffer is small again after one large message, and large while more follow", (test) => {
    test.mock.method(performance, "now", () => 0);
    for (const [length, size] of [[2000, 8 * KIB], [64 * KIB + 14, 65 * KIB]] as const) {
      const buffer = new ReadBuffer();
      const receive = (): void => {
        for (let left: number = length; left > 0;) left -= read(buffer, left).length;
      };
      receive();
      assert.equal(next(buffer).length, 512);
      receive();
      assert.equal(next(buffer).length, size);
      read(buffer, 10);
      assert.equal(read(buffer, length).length, length, "comes whole");
      assert.equal(next(buffer).length, size);
    }
  });

  it("ReadBuffer is small again after 100 ms without a large read", (test) => {
    let now = 0;
    test.mock.method(performance, "now", () => now);
    const buffer = new ReadBuffer();
    for (const length of [512, 1000, 512, 1000]) read(buffer, length);
    assert.equal(next(buffer).length, 8 * KIB);
    now += 99;
    read(buffer, 10);
    assert.equal(next(buffer).length, 8 * KIB);
    now += 1;
    read(buffer, 10);
    assert.equal(next(buffer).length, 512);
  });
});

/** Reads the beginning of a frame; the rest of it is read elsewhere. */
function readFrame(buffer: ReadBuffer, frameBytes: number): void {
  const { length } = read(buffer, frameBytes);
  if (length < frameBytes) buffer.skip(frameBytes - length);
}

describe("ReadBuffer after a frame that was read elsewhere", () => {
  const FRAME = 64 * KIB + 14;

  it("reads a frame of the same size in one read, and gives its buffer away", () => {
    const buffer = new ReadBuffer();
    readFrame(buffer, FRAME);
    const chunks = [1, 2, 3].map((value) => read(buffer, FRAME, value));
    for (const [index, chunk] of chunks.entries()) {
      assert.equal(chunk.length, FRAME);
      assert.equal(chunk.buffer.byteLength, FRAME);
      assert.ok(chunk.every((byte) => byte === index + 1));
    }
  });

  it("knows the frame's size when its rest came in several reads", () => {
    const buffer = new ReadBuffer();
    readFrame(buffer, FRAME);
    for (const left of [40_000, 10_000]) buffer.skip(left);
    assert.equal(next(buffer).length, FRAME);
  });

  it("ReadBuffer after a frame that was read elsewhere is small again after a smaller frame, and after a larger one", () => {
    const buffer = new ReadBuffer();
    readFrame(buffer, FRAME);
    readFrame(buffer, FRAME - 1);
    assert.equal(next(buffer).length, 512);
    readFrame(buffer, 20_000);
    assert.equal(next(buffer).length, 20_000);
    readFrame(buffer, 65 * KIB + 1);
    assert.equal(next(buffer).length, 512);
  });

  it("lets at most 32 connections wait with room for a whole frame", () => {
    const all = Array.from({ length: 33 }, () => new ReadBuffer());
    for (const buffer of all) readFrame(buffer, FRAME);
    const sizes = all.map((buffer) => buffer.begin().length);
    assert.deepEqual(sizes, [...new Array(32).fill(FRAME), 512]);
    all[5]!.end();
    all[5]!.end(); // once is enough
    const [one, other] = [new ReadBuffer(), new ReadBuffer()];
    for (const buffer of [one, other]) readFrame(buffer, FRAME);
    assert.deepEqual([one.begin().length, other.begin().length], [FRAME, 512]);
    for (const buffer of [...all, one, other]) buffer.end();
  });
});

/** Pushes pieces of these sizes, each of its own value, and spoils every buffer that may be. */
function pushAll(queue: WriteQueue, sizes: readonly number[], firstValue = 1): number[] {
  return sizes.flatMap((size, index) => {
    const value = firstValue + index;
    const bytes = new Uint8Array(size + 6).fill(value, 3, 3 + size);
    const copied = queue.push(bytes, 3, 3 + size);
    assert.equal(copied, size <= COPY_BYTES);
    if (copied) bytes.fill(0xff);
    return new Array<number>(size).fill(value);
  });
}

function shiftAll(queue: WriteQueue): number[] {
  const all: number[] = [];
  for (let piece = queue.shift(); piece !== undefined; piece = queue.shift()) all.push(...piece);
  return all;
}

describe("WriteQueue", () => {
  const sizes = [
    10,
    COPY_BYTES + 1,
    20,
    COPY_BYTES,
    COPY_BYTES + 1,
    30,
    3 * COPY_BYTES,
    1,
    COPY_BYTES,
    5,
  ];

  it("returns all bytes in order", () => {
    const queue = new WriteQueue();
    const expected = pushAll(queue, sizes);
    assert.deepEqual(shiftAll(queue), expected);
    assert.equal(queue.shift(), undefined);
  });

  it("takes pieces while it is emptied", () => {
    const queue = new WriteQueue();
    const expected = pushAll(queue, sizes);
    const begun = [...(queue.shift() ?? [])];
    expected.push(...pushAll(queue, sizes, 100));
    assert.deepEqual([...begun, ...shiftAll(queue)], expected);
    assert.deepEqual(pushAll(queue, [3]), shiftAll(queue));
  });

  it("returns shared bytes in order with others, without a copy of the first and of long ones", () => {
    const queue = new WriteQueue(), expected: number[] = [], shared: Uint8Array[] = [];
    for (const [index, size] of [10, 5, 2 * KIB, 7, 7, 3 * KIB, 1].entries()) {
      const bytes = new Uint8Array(size).fill(index);
      queue.pushShared(bytes);
      shared.push(bytes);
      expected.push(...bytes, ...pushAll(queue, [index], 100 + index));
    }
    assert.equal(queue.shift(), shared[0]);
    assert.deepEqual(queue.shift()?.length, 6); // of 5 and 1
    assert.equal(queue.shift(), shared[2]);
    const rest = shiftAll(queue), from = expected.length - rest.length;
    assert.deepEqual(rest, expected.slice(from));
    assert.equal(from, 10 + 6 + 2 * KIB);
  });

  it("allocates no more for one waiting piece than it has bytes", () => {
    const queue = new WriteQueue();
    queue.push(new Uint8Array(40), 0, 20);
    assert.equal(queue.shift()?.buffer.byteLength, 20);
  });

  it("gathers small pieces into one", () => {
    const queue = new WriteQueue();
    const expected = pushAll(queue, new Array<number>(100).fill(20));
    assert.deepEqual([...(queue.shift() ?? [])], expected);
    assert.equal(queue.shift(), undefined);
  });
});

describe("WriteArena", () => {
  const copy = (value: number, length: number): [WriteArena, Uint8Array] => {
    const arena = WriteArena.withRoomFor(length);
    const bytes = new Uint8Array(length + 6).fill(value, 3, 3 + length);
    const piece = arena.copy(bytes, 3, 3 + length);
    bytes.fill(0xff);
    return [arena, piece];
  };

  it("keeps every piece until it is released", () => {
    const kept: [WriteArena, Uint8Array][] = [];
    for (let value = 1; value <= 200; value++) kept.push(copy(value, (value * 997) % 8000 + 1));
    kept.push(copy(201, MAX_PIECE_BYTES), copy(202, MAX_PIECE_BYTES), copy(203, MAX_PIECE_BYTES));
    for (const [index, [arena, piece]] of kept.entries()) {
      assert.ok(piece.length > 0 && piece.every((byte) => byte === index + 1), `${index}`);
      arena.release();
    }
  });

  it("starts from its beginning when no write is under way, and not before", () => {
    const [first, firstPiece] = copy(1, 100);
    const [second, secondPiece] = copy(2, 100);
    assert.equal(first, second);
    first.release();
    const [third, thirdPiece] = copy(3, 100);
    assert.ok(secondPiece.every((byte) => byte === 2));
    second.release();
    third.release();
    const [fourth, fourthPiece] = copy(4, 100);
    fourth.release();
    const offsets = [firstPiece, secondPiece, thirdPiece, fourthPiece].map((each) =>
      each.byteOffset
    );
    assert.deepEqual(offsets, [0, 100, 200, 0]);
  });
});
