import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CollectingOutput } from "../../src/protocol/output.ts";
import { filler } from "../helpers/bits.ts";

function write(output: CollectingOutput, bytes: Uint8Array): void {
  const at = output.reserve(bytes.length);
  output.bytes.set(bytes, at);
}

describe("CollectingOutput", () => {
  it("bytes written before the buffer grows are kept", () => {
    const output = new CollectingOutput(), all = filler(10_000);
    for (let at = 0; at < all.length; at += 997) write(output, all.subarray(at, at + 997));
    assert.equal(output.length, all.length);
    assert.deepEqual(output.take(), all);
  });

  it("released bytes are not taken", () => {
    const output = new CollectingOutput();
    write(output, filler(5));
    output.reserve(10);
    output.release(10);
    write(output, filler(2));
    assert.deepEqual([...output.take()], [...filler(5), ...filler(2)]);
  });

  it("taken bytes have a buffer of their own size, which later writes do not change", () => {
    const output = new CollectingOutput();
    write(output, filler(3));
    const taken = output.take();
    assert.equal(taken.buffer.byteLength, 3);
    assert.equal(output.length, 0);
    write(output, Uint8Array.of(1, 2, 3));
    assert.deepEqual(taken, filler(3));
    assert.deepEqual([...output.take()], [1, 2, 3]);
    assert.equal(output.take().length, 0);
  });
});
