/**
 * The shared output: one write per turn and connection, in order, in buffers that nobody overwrites.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LargeBuffers } from "../../src/framed/large_buffers.ts";
import { SharedOutput } from "../../src/framed/shared_output.ts";
import { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { filler } from "../helpers/bits.ts";
import { Kept, put } from "../helpers/kept_transport.ts";
import { itEnds } from "../helpers/connections.ts";
import { RawServer, upgradeRequest } from "../helpers/raw_peer.ts";

describe("LargeBuffers", () => {
  it("gives a buffer again that fits, and is not much too large", () => {
    const buffers = new LargeBuffers(new VirtualClock());
    const given = buffers.take(1000);
    buffers.give(given);
    assert.equal(buffers.take(1001).length, 1001);
    assert.equal(buffers.take(499).length, 499);
    assert.equal(buffers.take(500), given);
    assert.notEqual(buffers.take(500), given);
  });

  it("keeps at most 32 MiB", () => {
    const buffers = new LargeBuffers(new VirtualClock()), size = 8 * 1024 * 1024;
    const given = Array.from({ length: 5 }, () => buffers.take(size));
    for (const bytes of given) buffers.give(bytes);
    buffers.give(new Uint8Array(5 * size));
    const taken = Array.from({ length: 5 }, () => buffers.take(size));
    assert.deepEqual(taken.slice(0, 4).map((bytes) => given.indexOf(bytes)), [1, 2, 3, 4]);
    assert.equal(given.indexOf(taken[4]!), -1);
  });

  it("lets go of them when a second has passed in which none was taken", async () => {
    const clock = new VirtualClock(), buffers = new LargeBuffers(clock);
    const given = buffers.take(1000);
    buffers.give(given);
    for (let i = 0; i < 5; i++) {
      await clock.advance(900);
      assert.equal(buffers.take(1000), given);
      buffers.give(given);
    }
    await clock.advance(2_000);
    assert.notEqual(buffers.take(1000), given);
  });
});

describe("the shared output", () => {
  it("gathers what one connection sends, and writes it once", () => {
    const deferred: (() => void)[] = [];
    const output = new SharedOutput({
      schedule: (callback) => deferred.push(callback),
      idleTicks: 1,
    });
    const transport = new Kept({ keeps: false });
    for (let i = 0; i < 100; i++) put(output, transport, 10, 1);
    assert.equal(output.pendingOf(transport), 1_000);
    assert.equal(deferred.length, 1);
    deferred[0]!();
    assert.deepEqual(transport.told, ["1000 of 1"]);
    assert.equal(output.pendingOf(transport), 0);
  });

  it("writes one connection's bytes before those of the next", () => {
    const deferred: (() => void)[] = [];
    const output = new SharedOutput({
      schedule: (callback) => deferred.push(callback),
      idleTicks: 1,
    });
    const first = new Kept({ keeps: false }), second = new Kept({ keeps: false });
    put(output, first, 5, 1);
    put(output, second, 5, 2);
    assert.deepEqual([first.told, second.told], [["5 of 1"], []]);
    put(output, first, 5, 3);
    assert.deepEqual(second.told, ["5 of 2"]);
    assert.equal(deferred.length, 1);
    deferred[0]!();
    assert.deepEqual(first.told, ["5 of 1", "5 of 3"]);
  });

  it("makes one write a turn of what connections send by turns, once they have done so", () => {
    const deferred: (() => void)[] = [];
    const output = new SharedOutput({ schedule: (turn) => deferred.push(turn), idleTicks: 2 });
    const transports = [1, 2, 3].map(() => new Kept({ keeps: false }));
    const takeTurns = (size: number): void => {
      for (let round = 0; round < 4; round++) {
        transports.forEach((transport, index) => put(output, transport, size, index));
      }
      while (deferred.length > 0) deferred.shift()!();
    };
    takeTurns(10);
    assert.deepEqual(transports[1]!.told, ["10 of 1", "10 of 1", "10 of 1", "10 of 1"]);
    takeTurns(20);
    assert.deepEqual(transports[1]!.told.slice(4), ["80 of 1"]);
    takeTurns(30_000); // 360 KB, more than the buffer
    assert.deepEqual(transports[1]!.told.slice(5), ["90000 of 1", "30000 of 1"]);
    transports.forEach((transport, index) => {
      assert.ok(transport.writes.every((bytes) => bytes.every((byte) => byte === index)));
    });
  });

  it("waits until nothing new has come for some turns", () => {
    const deferred: (() => void)[] = [];
    const output = new SharedOutput({ schedule: (turn) => deferred.push(turn), idleTicks: 3 });
    const transport = new Kept({ keeps: false });
    for (let round = 0; round < 5; round++) {
      put(output, transport, 10, 1);
      deferred.shift()!();
      deferred.shift()!();
      assert.deepEqual(transport.told, []);
    }
    deferred.shift()!();
    assert.deepEqual(transport.told, ["50 of 1"]);
    assert.equal(deferred.length, 0);
  });

  it("writes the one answer to a chunk in the next microtask, and gathers where more follow", async () => {
    const deferred: (() => void)[] = [];
    const output = new SharedOutput({ schedule: (turn) => deferred.push(turn), idleTicks: 2 });
    const transport = new Kept({ keeps: false });
    const hear = (): void => {
      output.cork();
      output.uncork();
    };
    const turn = (): void => {
      while (deferred.length > 0) deferred.shift()!();
    };
    hear();
    put(output, transport, 10, 1);
    await Promise.resolve();
    assert.deepEqual([transport.told.slice(), deferred.length], [["10 of 1"], 0]);

    put(output, transport, 10, 2); // without a chunk: what else follows is waited for
    await Promise.resolve();
    assert.deepEqual([transport.told.length, deferred.length], [1, 1]);
    turn();
    assert.deepEqual(transport.told.slice(1), ["10 of 2"]);

    hear(); // more has followed once, and may again
    put(output, transport, 10, 3);
    await Promise.resolve();
    assert.deepEqual([transport.told.length, deferred.length], [2, 1]);
    turn(); // it has not
    hear();
    put(output, transport, 10, 4);
    await Promise.resolve();
    assert.deepEqual([transport.told.slice(2), deferred.length], [["10 of 3", "10 of 4"], 0]);
  });

  it("waits for the outermost uncork", () => {
    const output = new SharedOutput({ schedule: () => assert.fail("corked"), idleTicks: 1 });
    const transport = new Kept({ keeps: false });
    output.cork();
    output.cork();
    put(output, transport, 5, 1);
    output.uncork();
    assert.deepEqual(transport.told, []);
    output.uncork();
    assert.deepEqual(transport.told, ["5 of 1"]);
  });

  it("gives a transport that keeps the buffer a buffer of its own", () => {
    const output = new SharedOutput({ schedule: () => {}, idleTicks: 1 });
    for (const bufferedAmount of [0, 10]) {
      const transport = new Kept({ keeps: true });
      transport.bufferedAmount = bufferedAmount;
      for (const value of [1, 2, 3]) {
        put(output, transport, 100, value);
        output.flush();
      }
      put(output, transport, 300_000, 4); // larger than the shared buffer
      output.flush();
      put(output, transport, 100, 5);
      output.flush();
      const told = ["100 of 1", "100 of 2", "100 of 3", "300000 of 4", "100 of 5"];
      assert.deepEqual(transport.told, told);
    }
  });

  for (const size of [100_000, 300_000]) {
    it(`uses a buffer for ${size} bytes again when its transport has drained`, () => {
      const output = new SharedOutput({ schedule: () => {}, idleTicks: 1 });
      const transport = new Kept({ keeps: true }), used: ArrayBufferLike[] = [];
      for (let round = 0; round < 6; round++) {
        put(output, transport, size, round);
        used.push(output.bytes.buffer);
        transport.takesLater = size;
        output.flush();
        transport.bufferedAmount = 0;
        if (round > 0) output.onDrain(transport);
      }
      assert.ok(used[0] !== used[1], "not before it has drained");
      assert.ok(new Set(used).size <= 3);
    });

    it(`leaves a buffer of ${size} bytes to a transport that owes no drain, or is gone`, () => {
      for (const takesLater of [10, size]) {
        const output = new SharedOutput({ schedule: () => {}, idleTicks: 1 });
        const transport = new Kept({ keeps: true });
        transport.takesLater = takesLater;
        put(output, transport, size, 1);
        const { buffer } = output.bytes;
        output.flush();
        output.onClosed(transport);
        output.onDrain(transport);
        put(output, new Kept({ keeps: false }), size, 2);
        assert.ok(output.bytes.buffer !== buffer);
      }
    });
  }

  it("takes bytes back", () => {
    const output = new SharedOutput({ schedule: () => {}, idleTicks: 1 });
    const transport = new Kept({ keeps: false });
    put(output, transport, 100, 1);
    output.release(60);
    put(output, transport, 10, 2);
    output.flush();
    assert.deepEqual(transport.told, ["50 of 1"]);
    assert.equal(transport.writes[0]![40], 2);
  });

  itEnds(
    "makes one write of all answers to one chunk, and of the handshake with what open sends",
    async () => {
      const server = new RawServer({
        open: (connection) => connection.send("welcome"),
        message: (connection, message) => connection.send(message),
      });
      const { peer, transport } = server.accept();
      let writes = 0;
      const write = MemoryTransport.prototype.write;
      transport.write = function (...args) {
        writes++;
        return write.apply(this, args);
      };
      peer.write(upgradeRequest());
      assert.deepEqual(await peer.frames(), ['text "welcome"']);
      assert.equal(writes, 1);
      peer.send(Array.from({ length: 500 }, () => "1 000 0010 m 0000010 x0102").join(" | "));
      assert.equal((await peer.frames()).length, 500);
      assert.equal(writes, 2);
      const [connection] = server.upgrader.connections;
      for (let i = 0; i < 100; i++) connection!.send(filler(10)); // outside of a chunk: one turn
      await settle();
      assert.equal(writes, 3);
      assert.equal(peer.takeFrames().length, 100);
    },
  );
});
