/**
 * Handlers that are fed: in order, one message at a time, the next after the last.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { MessageHandler } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { isSettled, itEnds, itSplit, itSplitAnywhere } from "../helpers/connections.ts";
import { bits, filler } from "../helpers/bits.ts";
import { openToServer, RawServer, upgradeRequest } from "../helpers/raw_peer.ts";

describe("a fed handler", () => {
  itSplitAnywhere("gets every message in order, and its answers leave in order", async (split) => {
    const { peer } = await openToServer({
      message: (connection, message) => connection.send(message),
    }, { split });
    peer.send('1 000 0001 m 0000001 "a" | 0 000 0010 m 0000001 *1 | 1 000 0000 m 0000010 *2');
    peer.send('1 000 1001 m 0000001 "p" | 1 000 0001 m 0000000 | 1 000 0001 m 0000011 x616263');
    const expected = ['text "a"', "binary 616162", "pong 70", 'text ""', 'text "abc"'];
    assert.deepEqual(await peer.frames(), expected);
  });

  itSplitAnywhere(
    "gets the next message when the promise of the last is fulfilled",
    async (split) => {
      const log: string[] = [];
      const gates: (() => void)[] = [];
      const { peer } = await openToServer({
        async message(_connection, message) {
          log.push(`begin ${message}`);
          await new Promise<void>((resolve) => gates.push(resolve));
          log.push(`end ${message}`);
        },
      }, { split });
      peer.send('1 000 0001 m 0000001 "1" | 1 000 0001 m 0000001 "2" | 1 000 0001 m 0000001 "3"');
      await settle();
      assert.deepEqual(log, ["begin 1"]);
      gates.shift()!();
      await settle();
      assert.deepEqual(log, ["begin 1", "end 1", "begin 2"]);
      gates.shift()!();
      await settle();
      gates.shift()!();
      await settle();
      assert.deepEqual(log.slice(3), ["end 2", "begin 3", "end 3"]);
    },
  );

  itSplit(
    "a fed handler may be synchronous for one message and slow for the next",
    async (split) => {
      const seen: Message[] = [];
      const { peer } = await openToServer({
        message(_connection, message) {
          seen.push(message);
          if (seen.length % 3 === 0) return settle();
        },
      }, { split });
      const sent = Array.from({ length: 20 }, (_, i) => String.fromCharCode(97 + i));
      peer.send(sent.map((letter) => `1 000 0001 m 0000001 "${letter}"`).join(" | "));
      while (seen.length < sent.length) await settle();
      assert.deepEqual(seen, sent);
    },
  );

  itSplitAnywhere("loses no message that comes during an async open", async (split) => {
    const log: Message[] = [];
    const gate = Promise.withResolvers<void>();
    const server = new RawServer({
      async open() {
        await gate.promise;
        log.push("open");
      },
      message: (_connection, message) => void log.push(message),
    }, { split });
    const { peer } = server.accept();
    peer.write(upgradeRequest());
    peer.send('1 000 0001 m 0000001 "1" | 1 000 0001 m 0000001 "2"'); // with the request, even
    await settle();
    peer.send('1 000 0001 m 0000001 "3"');
    await settle();
    assert.deepEqual(log, []);
    gate.resolve();
    await settle();
    assert.deepEqual(log, ["open", "1", "2", "3"]);
  });

  itSplit(
    "a fed handler that is slow holds the peer back at the limit, loses nothing",
    async (split) => {
      const received: number[] = [];
      let open = (): void => {};
      const gate = new Promise<void>((resolve) => open = resolve);
      const { peer, transport } = await openToServer({
        async message(_connection, message) {
          await gate;
          received.push((message as Uint8Array)[0]!, message.length);
        },
      }, { split });
      const SIZE = 16_384, COUNT = 32; // 512 KiB, twice the limit
      const big = filler(SIZE);
      for (let i = 0; i < COUNT; i++) {
        peer.write(Uint8Array.of(0x82, 0xfe, SIZE >> 8, SIZE & 0xff, 0, 0, 0, 0));
        peer.write(Uint8Array.of(i));
        peer.write(big.subarray(1));
      }
      await settle();
      assert.equal(transport.isPaused, true);
      assert.deepEqual(received, []);
      open();
      while (received.length < COUNT * 2) await settle();
      assert.deepEqual(received, Array.from({ length: COUNT }, (_, i) => [i, SIZE]).flat());
      assert.equal(transport.isPaused, false);
    },
  );

  itEnds(
    "a fed handler that is slow lets the peer go on when half of what waited is done",
    async () => {
      const gates: (() => void)[] = [];
      const { peer, transport } = await openToServer({
        message: () => new Promise<void>((resolve) => gates.push(resolve)),
      });
      for (let i = 0; i < 24; i++) peer.send("1 000 0010 m 1111110 +4000 *16384");
      await settle();
      assert.equal(transport.isPaused, true);
      let done = 0;
      for (; transport.isPaused && done < 24; done++) {
        gates.shift()!();
        await settle();
      }
      assert.ok(done > 4 && done < 14, `after ${done} of 24`);
    },
  );

  itEnds("a fed handler that was slow to open and then is not lets the peer go on", async () => {
    const gate = Promise.withResolvers<void>();
    let count = 0;
    const { peer, transport } = await openToServer({
      open: () => gate.promise,
      message: () => void count++,
    });
    for (let i = 0; i < 24; i++) peer.send("1 000 0010 m 1111110 +4000 *16384");
    await settle();
    assert.equal(transport.isPaused, true);
    gate.resolve();
    await settle();
    assert.deepEqual([count, transport.isPaused], [24, false]);
  });

  itEnds("a fed handler with open and close alone drops what comes", async () => {
    const { peer, connection } = await openToServer({ open() {} });
    peer.send('1 000 0001 m 0000001 "a" | 1 000 1001 m 0000000');
    assert.deepEqual(await peer.frames(), ["pong"]);
    assert.equal(await isSettled(connection.closed), false);
  });

  itSplit("a fed handler is given bytes that are its own", async (split) => {
    const given: Uint8Array[] = [];
    const { peer } = await openToServer({
      message: (_connection, message) => void given.push(message as Uint8Array),
    }, { split });
    const small = "1 000 0010 m 0000011 x010203";
    peer.send(`${small} | ${small} | 1 000 0010 m 1111110 +1000 *4096 | ${small}`);
    await settle();
    const copies = given.map((bytes) => bytes.slice());
    for (let i = 0; i < 50; i++) peer.send("1 000 0010 m 1111110 +0100 *256");
    await settle();
    assert.deepEqual(given.slice(0, 4), copies);
    assert.deepEqual(copies.map((bytes) => bytes.length), [3, 3, 4096, 3]);
    for (const bytes of given.slice(0, 4)) {
      assert.ok(bytes.buffer.byteLength <= 2 * bytes.length, "shows no larger buffer");
    }
    given[0]!.fill(0xee); // the handler may write into them
    assert.deepEqual(given[1], Uint8Array.of(1, 2, 3));
  });
});

/** A handler whose calls end when the test says so, and what has happened. */
function gated(concurrency: number): {
  handler: MessageHandler;
  log: string[];
  gates: Map<string, PromiseWithResolvers<void>>;
} {
  const log: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const handler: MessageHandler = {
    concurrency,
    async message(_connection, message) {
      const gate = Promise.withResolvers<void>();
      gates.set(String(message), gate);
      log.push(`begin ${message}`);
      await gate.promise;
      log.push(`end ${message}`);
    },
    close: (_connection, { code }) => void log.push(`close ${code}`),
  };
  return { handler, log, gates };
}

const FIVE = ["1", "2", "3", "4", "5"]
  .map((letter) => `1 000 0001 m 0000001 "${letter}"`).join(" | ");

describe("a fed handler with concurrency", () => {
  itSplitAnywhere(
    "a fed handler with concurrency is at work on so many messages, begun in order",
    async (split) => {
      const { handler, log, gates } = gated(2);
      const { peer } = await openToServer(handler, { split });
      peer.send(FIVE);
      await settle();
      assert.deepEqual(log, ["begin 1", "begin 2"]);
      gates.get("2")!.resolve(); // the later one ends first
      await settle();
      assert.deepEqual(log.slice(2), ["end 2", "begin 3"]);
      gates.get("1")!.resolve();
      gates.get("3")!.resolve();
      await settle();
      assert.deepEqual(log.slice(4).toSorted(), ["begin 4", "begin 5", "end 1", "end 3"]);
      assert.ok(log.indexOf("begin 4") < log.indexOf("begin 5"));
    },
  );

  itEnds(
    "a fed handler with concurrency is told of the end when all of its calls are over",
    async () => {
      const { handler, log, gates } = gated(3);
      const { peer } = await openToServer(handler);
      peer.send(`${FIVE} | 1 000 1000 m 0000010 x03e8`);
      await settle();
      for (const name of ["2", "1", "3", "5"]) {
        gates.get(name)!.resolve();
        await settle();
        assert.equal(log.includes("close 1000"), false, name);
      }
      gates.get("4")!.resolve();
      await settle();
      assert.equal(log.at(-1), "close 1000");
    },
  );

  itEnds(
    "a fed handler with concurrency of Infinity begins at once, and still is told of the end last",
    async () => {
      const { handler, log, gates } = gated(Infinity);
      const { peer } = await openToServer(handler);
      peer.send(`${FIVE} | 1 000 1000 m 0000010 x03e8`);
      await settle();
      assert.deepEqual(log, ["begin 1", "begin 2", "begin 3", "begin 4", "begin 5"]);
      for (const gate of gates.values()) gate.resolve();
      await settle();
      assert.equal(log.at(-1), "close 1000");
      assert.equal(log.length, 11);
    },
  );

  itEnds("holds the peer back when so many are at work and enough waits", async () => {
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    const { peer, transport } = await openToServer({
      concurrency: 2,
      message() {
        begun++;
        return gate.promise;
      },
    });
    const message = bits("1 000 0010 m 1111110 +8000 *32768", "client");
    for (let i = 0; i < 40; i++) peer.write(message);
    await settle();
    assert.equal(begun, 2);
    assert.equal(transport.isPaused, true);
    gate.resolve();
    while (begun < 40) await settle();
    assert.equal(transport.isPaused, false);
  });

  itEnds("begins no message while open() is at work", async () => {
    const gate = Promise.withResolvers<void>();
    const { handler, log } = gated(2);
    const { peer } = await openToServer({ ...handler, open: () => gate.promise });
    peer.send(FIVE);
    await settle();
    assert.deepEqual(log, []);
    gate.resolve();
    await settle();
    assert.deepEqual(log, ["begin 1", "begin 2"]);
  });

  itEnds("closes with 1011 when one call fails; none begins after it", async () => {
    const reported: unknown[] = [];
    const { handler, log, gates } = gated(2);
    const { peer } = await openToServer(handler, {
      server: { onError: (error) => reported.push(error) },
    });
    peer.send(FIVE);
    await settle();
    const failure = new Error("no");
    gates.get("1")!.reject(failure);
    assert.deepEqual(await peer.frames(), ["close 1011"]);
    gates.get("2")!.resolve();
    peer.send("1 000 1000 m 0000010 x03f3");
    await settle();
    assert.deepEqual(log, ["begin 1", "begin 2", "end 2", "close 1011"]);
    assert.deepEqual(reported, [failure]);
  });
});
