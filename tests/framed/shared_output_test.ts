/**
 * The shared output: one write for each turn and connection, in order, in buffers that are not
 * overwritten.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makePlatform } from "../../src/framed/platform.ts";
import { SharedOutput } from "../../src/framed/shared_output.ts";
import { TransportUpgrades } from "../../src/server/transport_upgrades.ts";
import { Upgrader } from "../../src/server/upgrader.ts";
import { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { filler } from "../helpers/bits.ts";
import { Kept, put } from "../helpers/kept_transport.ts";
import { itEnds } from "../helpers/connections.ts";
import { RawServer, upgradeRequest } from "../helpers/raw_peer.ts";

function textOf({ writes }: Kept): string {
  return writes.map((bytes) => new TextDecoder().decode(bytes)).join("");
}

describe("SharedOutput", () => {
  it("writes 100 sends of one connection at once", () => {
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

  it("writes the bytes of one connection before those of the next", () => {
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

  it("makes one write for each connection when several send by turns, from the second tick on", () => {
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

  it("gathers on after turns of stragglers, and writes at once after four of them in a row", () => {
    const deferred: (() => void)[] = [];
    const output = new SharedOutput({ schedule: (turn) => deferred.push(turn), idleTicks: 2 });
    const transports = [1, 2, 3].map(() => new Kept({ keeps: false }));
    const takeTurns = (rounds: number): string[] => {
      const { length } = transports[0]!.writes;
      for (let round = 0; round < rounds; round++) {
        for (const transport of transports) put(output, transport, 10, 1);
      }
      while (deferred.length > 0) deferred.shift()!();
      return transports[0]!.told.slice(length);
    };
    takeTurns(4);
    assert.deepEqual(takeTurns(4), ["40 of 1"]);
    for (let turn = 0; turn < 3; turn++) takeTurns(1); // each sends once
    assert.deepEqual(takeTurns(4), ["40 of 1"]);
    for (let turn = 0; turn < 4; turn++) takeTurns(1);
    assert.deepEqual(takeTurns(4), ["10 of 1", "10 of 1", "10 of 1", "10 of 1"]);
  });

  it("waits for idleTicks ticks without new output before it writes", () => {
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

  it("writes a single reply to a chunk in the next microtask, and gathers several in a tick", async () => {
    const deferred: (() => void)[] = [];
    const output = new SharedOutput({ schedule: (turn) => deferred.push(turn), idleTicks: 2 });
    const transport = new Kept({ keeps: false });
    const readChunk = (): void => {
      output.cork();
      output.uncork();
    };
    const turn = (): void => {
      while (deferred.length > 0) deferred.shift()!();
    };
    readChunk();
    put(output, transport, 10, 1);
    await Promise.resolve();
    assert.deepEqual([transport.told.slice(), deferred.length], [["10 of 1"], 0]);

    put(output, transport, 10, 2); // without a chunk: more is expected
    await Promise.resolve();
    assert.deepEqual([transport.told.length, deferred.length], [1, 1]);
    turn();
    assert.deepEqual(transport.told.slice(1), ["10 of 2"]);

    readChunk(); // several followed the last time, and are expected again
    put(output, transport, 10, 3);
    await Promise.resolve();
    assert.deepEqual([transport.told.length, deferred.length], [2, 1]);
    turn();
    for (let lone = 3; lone <= 8; lone++) { // eight replies in a row were the only ones
      readChunk();
      put(output, transport, 10, 4);
      await Promise.resolve();
      assert.deepEqual([transport.told.length, deferred.length], [lone, 1]);
      turn();
    }
    readChunk();
    put(output, transport, 10, 5);
    await Promise.resolve();
    assert.deepEqual([transport.told.slice(9), deferred.length], [["10 of 5"], 0]);
  });

  it("writes at the outermost uncork(), not before", () => {
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

  it("does not overwrite a buffer that a transport keeps", () => {
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
    it(`uses a buffer for ${size} bytes again once its transport has drained`, () => {
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

    it(`leaves a buffer of ${size} bytes with a transport that owes no drain, or is gone`, () => {
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

  it("release() takes the last bytes back, and the next ones overwrite them", () => {
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
    "makes one write of all replies to one chunk, and of the handshake with what open() sends",
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

  it("writes a handshake's answer and the waiting bytes of another connection, each to its own", () => {
    const platform = makePlatform();
    const { output } = platform;
    const upgrader = new Upgrader({ handler: { message() {} }, options: {}, platform });
    const other = new Kept({ keeps: true }), transport = new Kept({ keeps: true });
    output.cork();
    const at = output.reserve(other, 5);
    output.bytes.set(new TextEncoder().encode("other"), at);
    const headers = [
      ["Host", "test"],
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
      ["Sec-WebSocket-Version", "13"],
    ] as const;
    const early = new Uint8Array(0);
    new TransportUpgrades(upgrader).upgrade({ method: "GET", target: "/", headers }, {
      transport,
      early,
      scheme: "http",
    });
    output.uncork();
    assert.equal(textOf(other), "other");
    assert.match(textOf(transport), /^HTTP\/1\.1 101 .*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/s);
  });
});
