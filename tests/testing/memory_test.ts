/**
 * The in-memory pair, its pipe, its splitters and its clock.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TransportSink } from "../../src/transport/transport.ts";
import { MemoryTransport, type PairOptions } from "../../src/testing/memory_transport.ts";
import { pairConnections } from "../../src/testing/connection_pair.ts";
import { everyByte, random, sized, type Splitter, whole } from "../../src/testing/splitter.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { concat, filler } from "../helpers/bits.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";

/** Writes down what a transport tells. */
class Notes implements TransportSink {
  readonly events: string[] = [];
  readonly chunks: Uint8Array[] = [];

  onChunk(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.events.push(`chunk ${chunk.length}`);
  }

  onEnd(): void {
    this.events.push("end");
  }

  onDrain(): void {
    this.events.push("drain");
  }

  onClose(cause?: unknown): void {
    this.events.push(cause === undefined ? "close" : `close ${(cause as Error).message}`);
  }
}

function makePipe(options: PairOptions = {}) {
  const { client, server } = MemoryTransport.pair(options);
  const notes = { client: new Notes(), server: new Notes() };
  client.sink = notes.client;
  server.sink = notes.server;
  const write = (text: string): boolean => {
    const bytes = new TextEncoder().encode(text);
    return client.write(bytes, 0, bytes.length);
  };
  return { client, server, notes, write };
}

describe("splitters", () => {
  const bytes = filler(1_000);
  for (
    const [name, split, most] of [
      ["whole", whole, 1_000],
      ["everyByte", everyByte, 1],
      ["sized", sized(7), 7],
      ["random", random(1, 10), 10],
    ] as readonly (readonly [string, Splitter, number])[]
  ) {
    it(`${name} cuts, and loses nothing`, () => {
      const pieces = split(bytes);
      assert.deepEqual(concat(pieces), bytes);
      assert.ok(pieces.every((piece) => piece.length > 0 && piece.length <= most));
      assert.deepEqual(split(new Uint8Array(0)).filter((piece) => piece.length > 0), []);
    });
  }

  it("random is the same for the same seed", () => {
    const sizes = (seed: number): number[] => random(seed)(bytes).map((piece) => piece.length);
    assert.deepEqual(sizes(5), sizes(5));
    assert.notDeepEqual(sizes(5), sizes(6));
  });

  it("sized takes no size below 1", () => {
    for (const size of [0, -1, NaN]) assert.throws(() => sized(size), RangeError);
  });
});

describe("a pipe in memory", () => {
  itEnds("gives copies, in order, never inside a call", async () => {
    const { client, notes } = makePipe({ split: sized(3) });
    const bytes = filler(10);
    assert.equal(client.write(bytes, 2, 9), true);
    bytes.fill(0);
    assert.deepEqual(notes.server.events, []);
    await settle();
    assert.deepEqual(notes.server.events, ["chunk 3", "chunk 3", "chunk 1"]);
    assert.deepEqual(concat(notes.server.chunks), filler(10).subarray(2, 9));
  });

  itEnds("holds back while paused", async () => {
    const { server, notes, write } = makePipe();
    server.pause();
    server.pause();
    assert.equal(server.isPaused, true);
    write("a");
    await settle();
    assert.deepEqual(notes.server.events, []);
    server.resume();
    server.pause();
    await settle();
    assert.deepEqual(notes.server.events, []);
    server.resume();
    await settle();
    assert.deepEqual(notes.server.events, ["chunk 1"]);
  });

  itEnds("counts what waits beyond the window, and tells when it is gone", async () => {
    const { client, server, notes } = makePipe({ windowBytes: 1_000 });
    server.pause();
    const bytes = new Uint8Array(70_000);
    client.write(bytes, 0, 1_000);
    assert.equal(client.bufferedAmount, 0);
    client.write(bytes, 0, 70_000);
    assert.equal(client.bufferedAmount, 70_000);
    server.resume();
    await settle();
    assert.equal(client.bufferedAmount, 0);
    assert.deepEqual(notes.client.events, ["drain"]);
  });

  itEnds("closes both when both have ended, and not before", async () => {
    const { client, server, notes, write } = makePipe();
    write("a");
    client.end();
    client.end();
    write("never");
    await settle();
    assert.deepEqual(notes.server.events, ["chunk 1", "end"]);
    server.write(filler(2), 0, 2);
    server.end();
    await settle();
    assert.deepEqual(notes.client.events, ["chunk 2", "end", "close"]);
    assert.deepEqual(notes.server.events, ["chunk 1", "end", "close"]);
  });

  itEnds("aborted drops what is under way; only the peer is told of a failure", async () => {
    const { client, notes, write } = makePipe();
    write("a");
    client.abort();
    client.abort();
    assert.deepEqual(notes.client.events, []);
    await settle();
    assert.deepEqual(notes.client.events, ["close"]);
    assert.deepEqual(notes.server.events, ["close connection reset"]);
    assert.equal(write("late"), true);
    client.end();
    await settle();
    assert.equal(notes.server.events.length, 1);
  });

  itEnds("lost tells both why", async () => {
    const { server, notes } = makePipe();
    server.lose(new Error("cable cut"));
    await settle();
    assert.deepEqual(notes.client.events, ["close cable cut"]);
    assert.deepEqual(notes.server.events, ["close cable cut"]);
  });

  itEnds("a pipe in memory with a delay delivers after the delay", async () => {
    const clock = new VirtualClock();
    const { client, notes, write } = makePipe({ clock, delayMs: 20 });
    write("ab");
    await clock.advance(10);
    write("c");
    client.end();
    await clock.advance(9);
    assert.deepEqual(notes.server.events, []);
    await clock.advance(1);
    assert.deepEqual(notes.server.events, ["chunk 2"]);
    await clock.advance(10);
    assert.deepEqual(notes.server.events, ["chunk 2", "chunk 1", "end"]);
  });

  itEnds("takes large writes byte by byte in good time", async () => {
    const { client, notes } = makePipe({ split: everyByte });
    client.write(new Uint8Array(300_000), 0, 300_000);
    await settle();
    assert.equal(notes.server.chunks.length, 300_000);
  });
});

describe("the virtual clock", () => {
  itEnds("calls back in order, and lets promises settle in between", async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    clock.after(20, () => log.push(`b ${clock.now()}`));
    clock.after(10, () => {
      void Promise.resolve().then(() => log.push("settled"));
      clock.after(5, () => log.push(`nested ${clock.now()}`));
      log.push(`a ${clock.now()}`);
    });
    const cleared = clock.after(15, () => log.push("cleared"));
    clock.after(20, () => log.push("c"));
    clock.after(Infinity, () => log.push("never"));
    clock.clear(cleared);
    clock.clear(cleared);
    await clock.advance(9);
    assert.deepEqual(log, []);
    await clock.advance(11);
    assert.deepEqual(log, ["a 10", "settled", "nested 15", "b 20", "c"]);
    assert.deepEqual([clock.now(), clock.pending], [20, 1]);
  });
});

describe("pairConnections", () => {
  itEnds("goes through a whole handshake, with the options of both sides", async () => {
    const seen: Request[] = [];
    const pair = await pairConnections((request) => {
      seen.push(request);
      return { protocol: "b", session: async (connection) => void await connection.closed };
    }, {
      url: "ws://else/where?x=1",
      client: { protocols: ["a", "b"], headers: { "X-Mine": "1" } },
    });
    assert.equal(seen[0]?.url, "http://else/where?x=1");
    assert.equal(seen[0]?.headers.get("x-mine"), "1");
    assert.deepEqual([pair.client.protocol, pair.server.protocol], ["b", "b"]);
  });

  itEnds("rejects as connect does when the handler's side refuses", async () => {
    const error = await rejectsWith(
      pairConnections(() => new Response(null, { status: 401 })),
      "ERR_HANDSHAKE_STATUS",
    );
    assert.equal(error.status, 401);
    await assert.rejects(pairConnections({ message: 1 } as unknown as object), TypeError);
  });

  itEnds("closes at the end of `await using`", async () => {
    const pair = await pairConnections({ message() {} });
    await pair[Symbol.asyncDispose](); // what `await using` calls; Node 22 cannot read the words
    assert.equal((await pair.server.closed).code, 1000);
  });

  itEnds("gives the server's end also when its handler closes at once", async () => {
    const pair = await pairConnections({ open: (connection) => void connection.close(4000) });
    assert.equal((await pair.client.closed).code, 4000);
    assert.equal((await pair.server.closed).initiator, "local");
  });
});
