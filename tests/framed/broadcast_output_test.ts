/**
 * One message to many connections: each gets all that is sent to it in a turn in one write, in
 * order, and what waits is bounded.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GatheredOutput } from "../../src/framed/gathered_output.ts";
import { SharedOutput } from "../../src/framed/shared_output.ts";
import { Kept, put } from "../helpers/kept_transport.ts";

/** An output whose turns the test ends. */
function makeOutput(
  options: { writesPerTurn?: number } = {},
): { output: SharedOutput; endTurn: () => void } {
  const later: (() => void)[] = [];
  const output = new SharedOutput({
    schedule: () => {},
    later: (callback) => later.push(callback),
    idleTicks: 1,
    ...options,
  });
  return { output, endTurn: () => later.splice(0).forEach((callback) => callback()) };
}

function makeTransports(count: number, keeps = false): Kept[] {
  return Array.from({ length: count }, () => new Kept({ keeps }));
}

function bytesOf(transport: Kept): number[] {
  return transport.writes.flatMap((bytes) => [...bytes]);
}

describe("a loop that sends to many connections, several times in a chunk", () => {
  it("makes one write of all that a connection is sent", () => {
    const { output, endTurn } = makeOutput(), transports = makeTransports(10);
    for (const chunk of [0, 1]) {
      output.cork();
      for (const value of [1, 2, 3]) {
        for (const transport of transports) put(output, transport, 4, chunk * 3 + value);
      }
      output.uncork();
    }
    assert.deepEqual(transports[5]!.told, []);
    assert.equal(output.pendingOf(transports[5]!), 24);
    endTurn();
    for (const transport of transports.slice(2)) {
      assert.deepEqual(transport.told, ["24 of 1"]);
      assert.equal(output.pendingOf(transport), 0);
    }
    const expected = [1, 2, 3, 4, 5, 6].flatMap((value) => [value, value, value, value]);
    for (const transport of transports) assert.deepEqual(bytesOf(transport), expected);
  });

  it("writes at once what goes to two: the answer to one passed on to another", () => {
    const { output } = makeOutput(), [first, second] = makeTransports(2);
    output.cork();
    put(output, first!, 5, 1);
    put(output, second!, 5, 2);
    output.uncork();
    assert.deepEqual([first!.told, second!.told], [["5 of 1"], ["5 of 2"]]);
  });

  it("keeps order with what is sent to one connection alone, in the same turn and after it", () => {
    const { output, endTurn } = makeOutput(), transports = makeTransports(5);
    const last = transports[4]!;
    output.cork();
    for (const transport of transports) put(output, transport, 2, 1);
    output.uncork();
    put(output, last, 2, 2);
    put(output, last, 200_000, 3); // larger than the buffer
    output.flush();
    assert.deepEqual(last.told, ["4 of 1", "200000 of 3"]);
    assert.deepEqual(bytesOf(last).slice(0, 5), [1, 1, 2, 2, 3]);
    endTurn();
    for (const transport of transports) assert.equal(bytesOf(transport)[0], 1);
  });

  it("holds a bounded amount, whatever the number of connections and messages", () => {
    const { output, endTurn } = makeOutput(), transports = makeTransports(50);
    let most = 0;
    output.cork();
    for (let round = 0; round < 100; round++) {
      for (const transport of transports) put(output, transport, 1000, round);
      const pending = transports.map((transport) => output.pendingOf(transport));
      most = Math.max(most, pending.reduce((sum, bytes) => sum + bytes));
    }
    output.uncork();
    endTurn();
    assert.ok(most > 1_000_000 && most < 2_500_000, `${most} bytes waited`);
    const expected = Array.from({ length: 100 }, (_, round) => round);
    for (const transport of transports) {
      const values = bytesOf(transport).filter((_, index) => index % 1000 === 0);
      assert.deepEqual(values, expected);
    }
  });

  it("overwrites nothing that a transport keeps", () => {
    const { output, endTurn } = makeOutput(), transports = makeTransports(6, true);
    for (let round = 0; round < 5; round++) {
      transports[3]!.bufferedAmount = round;
      output.cork();
      for (const value of [1, 2]) {
        for (const transport of transports) put(output, transport, 10, round * 2 + value);
      }
      output.uncork();
      put(output, transports[0]!, 10, 99);
      endTurn();
    }
    const values = bytesOf(transports[3]!).filter((_, index) => index % 10 === 0);
    assert.deepEqual(values, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual(bytesOf(transports[0]!).filter((_, index) => index % 30 === 20), [
      99,
      99,
      99,
      99,
      99,
    ]);
  });
});

describe("bytes that several connections share", () => {
  it("are written as they are, and put together once for all with the same", () => {
    const gathered = new GatheredOutput(), transports = makeTransports(3, true);
    const one = Uint8Array.of(1), two = Uint8Array.of(2, 2);
    for (const bytes of [one, two]) {
      for (const transport of transports) gathered.addShared(gathered.slotOf(transport), bytes);
    }
    assert.equal(gathered.bytesOf(transports[0]!), 3);
    gathered.writeAll();
    assert.equal(gathered.isEmpty, true);
    for (const transport of transports) assert.deepEqual(bytesOf(transport), [1, 2, 2]);
    const buffers = new Set(transports.map(({ writes }) => writes[0]!.buffer));
    assert.equal(buffers.size, 1);
    gathered.addShared(gathered.slotOf(transports[0]!), one);
    gathered.writeAll();
    assert.equal(transports[0]!.writes[1]!.buffer, one.buffer);
  });

  it("go out in order with bytes of one connection", () => {
    const { output, endTurn } = makeOutput(), [first, second] = makeTransports(2);
    const shared = Uint8Array.of(7);
    put(output, first!, 1, 1);
    for (const transport of [first!, second!]) output.share(output.slotOf(transport), shared);
    put(output, second!, 1, 2);
    output.share(output.slotOf(second!), Uint8Array.of(8));
    put(output, first!, 1, 3);
    output.flush();
    endTurn();
    assert.deepEqual([bytesOf(first!), bytesOf(second!)], [[1, 7, 3], [7, 2, 8]]);
  });

  it("do not wait beyond 64 KiB of one connection", () => {
    const { output } = makeOutput(), transport = new Kept({ keeps: false });
    const shared = new Uint8Array(1024);
    for (let count = 0; count < 100; count++) output.share(output.slotOf(transport), shared);
    assert.deepEqual(transport.told, ["66560 of 0"]);
  });
});

describe("output of a turn that takes a number of writes", () => {
  const firsts = (transports: Kept[]): string => transports.map(({ told }) => told.length).join("");

  it("gets 100 by default, so that other sockets are read between them", () => {
    const { output, endTurn } = makeOutput(), transports = makeTransports(250);
    for (const transport of transports) output.share(output.slotOf(transport), Uint8Array.of(1));
    for (const written of [100, 200, 250]) {
      endTurn();
      assert.equal(transports.filter(({ writes }) => writes.length === 1).length, written);
    }
  });

  it("gets the writes in the order in which the connections were sent to", () => {
    const { output, endTurn } = makeOutput({ writesPerTurn: 3 }), transports = makeTransports(9);
    output.cork();
    for (const transport of transports) put(output, transport, 4, 1);
    output.uncork();
    assert.equal(firsts(transports), "110000000"); // these two were not known to be the first of many
    endTurn();
    assert.equal(firsts(transports), "111110000");
    endTurn();
    assert.equal(firsts(transports), "111111110");
    endTurn();
    assert.equal(firsts(transports), "111111111");
    for (const transport of transports) assert.deepEqual(transport.told, ["4 of 1"]);
  });

  it("gets what is sent meanwhile behind it, joined where the first has not left", () => {
    const { output, endTurn } = makeOutput({ writesPerTurn: 4 }), transports = makeTransports(10);
    const message = [Uint8Array.of(1, 1), Uint8Array.of(2, 2), Uint8Array.of(3, 3)];
    const slots = transports.map((transport) => output.slotOf(transport));
    const send = (bytes: Uint8Array): void => slots.forEach((slot) => output.share(slot, bytes));
    send(message[0]!);
    endTurn();
    send(message[1]!);
    endTurn();
    send(message[2]!);
    for (let turn = 0; turn < 6; turn++) endTurn();
    for (const transport of transports) assert.deepEqual(bytesOf(transport), [1, 1, 2, 2, 3, 3]);
    assert.deepEqual(transports.map(({ writes }) => writes.length), [2, 2, 2, 2, 2, 2, 2, 2, 1, 1]);
  });

  it("writes the rest at once where output is flushed, and keeps no buffer in use", () => {
    const { output, endTurn } = makeOutput({ writesPerTurn: 2 }), transports = makeTransports(20);
    for (let round = 1; round <= 200; round++) {
      output.cork();
      for (const transport of transports) put(output, transport, 4_000, round);
      output.uncork();
      endTurn();
      if (round % 7 === 0) output.flush();
    }
    output.flush();
    for (const transport of transports) {
      assert.equal(output.pendingOf(transport), 0);
      const rounds = bytesOf(transport).filter((_, at) => at % 4_000 === 3_999);
      assert.deepEqual(rounds, Array.from({ length: 200 }, (_, index) => index + 1));
    }
  });

  it("loses nothing where connections are sent to faster than they are written to", () => {
    const { output, endTurn } = makeOutput({ writesPerTurn: 100 });
    const transports = makeTransports(500), bytes = Uint8Array.of(7);
    const slots = transports.map((transport) => output.slotOf(transport));
    for (let turn = 0; turn < 1_000; turn++) {
      for (const slot of slots.slice(0, 200)) output.share(slot, bytes);
      for (const slot of slots.slice(turn % 300)) output.share(slot, bytes);
      endTurn();
    }
    output.flush();
    const total = transports.reduce((sum, transport) => sum + bytesOf(transport).length, 0);
    let sent = 0;
    for (let turn = 0; turn < 1_000; turn++) sent += 200 + 500 - turn % 300;
    assert.equal(total, sent);
  });
});
