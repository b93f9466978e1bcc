/**
 * Handlers that are fed: in order, one message at a time, the next after the last.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Message } from "../../src/message.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { isSettled, itEnds, itSplit, itSplitAnywhere } from "../helpers/connections.ts";
import { filler } from "../helpers/bits.ts";
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

  itSplit("may be synchronous for one message and slow for the next", async (split) => {
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
  });

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

  itSplit("that is slow holds the peer back at the limit, loses nothing", async (split) => {
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
  });

  itEnds("that is slow lets the peer go on when half of what waited is done", async () => {
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
  });

  itEnds("that was slow to open and then is not lets the peer go on", async () => {
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

  itEnds("with open and close alone drops what comes", async () => {
    const { peer, connection } = await openToServer({ open() {} });
    peer.send('1 000 0001 m 0000001 "a" | 1 000 1001 m 0000000');
    assert.deepEqual(await peer.frames(), ["pong"]);
    assert.equal(await isSettled(connection.closed), false);
  });

  itSplit("is given bytes that are its own", async (split) => {
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
