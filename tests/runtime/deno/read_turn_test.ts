/**
 * Reads of many connections: after a turn in which as many ended as Deno delivers at once, others
 * wait, and all begin later, in order.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { mustWait, noteBegin, noteEnd, readTurn } from "../../../src/runtime/deno/read_turn.ts";

/** Reads that end in one turn; the connections begin others. */
async function endReads(count: number): Promise<void> {
  for (let read = 0; read < count; read++) {
    noteEnd();
    noteBegin();
  }
  await Promise.resolve();
}

function repeat(count: number, call: () => void): void {
  for (let time = 0; time < count; time++) call();
}

describe("reads of few connections on Deno", () => {
  it("never wait", async () => {
    repeat(1_000, noteBegin);
    await endReads(128);
    assert.equal(mustWait(), false);
    repeat(1_000, noteEnd);
    await Promise.resolve();
  });
});

describe("reads of many connections on Deno", () => {
  before(() => repeat(10_000, noteBegin));
  after(() => repeat(10_000, noteEnd));

  it("do not wait if a turn has few of them", async () => {
    await endReads(100);
    assert.equal(mustWait(), false);
    await endReads(100);
    assert.equal(mustWait(), false);
  });

  it("wait after a full turn, and all begin in order", async () => {
    await endReads(128);
    assert.equal(mustWait(), true);
    const begun: number[] = [], expected = Array.from({ length: 300 }, (_, index) => index);
    await Promise.all(expected.map((index) => readTurn().then(() => begun.push(index))));
    assert.deepEqual(begun, expected);
  });

  it("wait on if further turns are full, until one is not", async () => {
    await endReads(128);
    const begun = readTurn();
    await endReads(128);
    assert.equal(mustWait(), true);
    await endReads(1);
    await begun;
    // Only a read that begins when none waits is begun at once.
    while (mustWait()) await readTurn();
  });

  it("begin again and again when each is followed by another", async () => {
    await endReads(128);
    let rounds = 0;
    const connections = Array.from({ length: 200 }, async () => {
      for (let round = 0; round < 5; round++) {
        if (mustWait()) await readTurn();
        noteEnd();
        noteBegin();
        rounds++;
      }
    });
    await Promise.all(connections);
    assert.equal(rounds, 1_000);
    while (mustWait()) await readTurn();
  });
});
