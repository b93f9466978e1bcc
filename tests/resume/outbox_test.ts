/** Messages that are kept until they are acknowledged. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteRing } from "../../src/resume/byte_ring.ts";
import { Outbox } from "../../src/resume/outbox.ts";

describe("Outbox", () => {
  it("keeps texts and copies of bytes by their offsets", () => {
    const outbox = new Outbox(), small = new Uint8Array([1, 2]), large = new Uint8Array(5_000);
    outbox.push("a", true);
    outbox.push(small, false);
    outbox.push(large, true);
    small.fill(9);
    large.fill(9);
    assert.deepEqual(outbox.at(0), { message: "a", compress: true });
    assert.deepEqual(outbox.at(1), { message: new Uint8Array([1, 2]), compress: false });
    assert.deepEqual(outbox.at(2).message, new Uint8Array(5_000));
    assert.deepEqual([outbox.first, outbox.next], [0, 3]);
  });

  it("frees what is acknowledged", () => {
    const outbox = new Outbox();
    for (let count = 0; count < 5_000; count++) {
      outbox.push(count % 2 === 0 ? `${count}` : new Uint8Array(count % 100).fill(count), true);
      if (count >= 100) outbox.acknowledge(count - 99);
    }
    assert.deepEqual([outbox.first, outbox.next], [4_900, 5_000]);
    assert.equal(outbox.at(4_900).message, "4900");
    assert.deepEqual(outbox.at(4_999).message, new Uint8Array(99).fill(4_999));
    assert.ok(outbox.bytes < 100 * (64 + 100));
    outbox.acknowledge(5_000);
    assert.equal(outbox.bytes, 0);
  });

  it("counts a message when it is kept and when it is freed, in any order of kinds", () => {
    const outbox = new Outbox(), messages = ["text", new Uint8Array(10), new Uint8Array(2_000), ""];
    const costs = messages.map((message) => outbox.push(message, false));
    assert.deepEqual(costs, [64 + 8, 64 + 10, 64 + 2_000, 64]);
    assert.deepEqual(costs, messages.map((_, offset) => outbox.costAt(offset)));
    for (const [offset, message] of messages.entries()) {
      assert.deepEqual(outbox.at(offset), { message, compress: false });
      outbox.acknowledge(offset + 1);
      outbox.acknowledge(offset); // an old one changes nothing
      const left = costs.slice(offset + 1).reduce((sum, cost) => sum + cost, 0);
      assert.deepEqual([outbox.bytes, outbox.first], [left, offset + 1]);
    }
  });

  it("begins anew, with what was sent and what was not", () => {
    const outbox = new Outbox();
    for (const text of ["a", "b", "c", "d"]) outbox.push(text, text !== "d");
    outbox.acknowledge(1);
    const { before, after } = outbox.restart(3);
    assert.deepEqual(before, ["b", "c"]);
    assert.deepEqual(after, [{ message: "d", compress: false }]);
    assert.deepEqual([outbox.first, outbox.next, outbox.bytes], [0, 0, 0]);
  });
});

describe("ByteRing", () => {
  it("keeps messages of any size in one piece, also while it grows and goes round", () => {
    const ring = new ByteRing();
    const kept: { position: number; bytes: Uint8Array }[] = [];
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let count = 0; count < 20_000; count++) {
      const bytes = new Uint8Array(random(700)).fill(count);
      kept.push({ position: ring.push(bytes), bytes });
      const most = count % 5_000 < 2_500 ? 60 : 5;
      while (kept.length > most) {
        const { position, bytes } = kept.shift()!;
        assert.deepEqual(ring.read(position, bytes.length), bytes);
        ring.freeTo(position, bytes.length);
      }
    }
    for (const { position, bytes } of kept) {
      assert.deepEqual(ring.read(position, bytes.length), bytes);
    }
  });

  it("goes on where its positions begin anew, after 1 GiB", () => {
    const ring = new ByteRing(), message = new Uint8Array(1_024);
    const kept: { position: number; number: number }[] = [];
    let hasWrapped = false;
    for (let number = 0; number < 2 ** 20 + 100; number++) {
      message[0] = number;
      kept.push({ position: ring.push(message), number });
      hasWrapped ||= kept.length > 1 && kept.at(-1)!.position < kept.at(-2)!.position;
      if (kept.length < 5) continue;
      const { position, number: first } = kept.shift()!;
      if (ring.read(position, message.length)[0] !== first % 256) assert.fail(`message ${first}`);
      ring.freeTo(position, message.length);
    }
    assert.ok(hasWrapped);
  });
});
