/**
 * Pings and pongs (RFC 6455 sections 5.5.2 and 5.5.3).
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { idle, isSettled, itEnds, itSplit, openPair } from "../helpers/connections.ts";
import { filler } from "../helpers/bits.ts";
import { openToServer } from "../helpers/raw_peer.ts";

describe("ping", () => {
  itSplit("gives the round trip in milliseconds", async (split) => {
    const clock = new VirtualClock();
    const opening = openPair({ clock, delayMs: 35, split });
    await clock.advance(200);
    const { client, server } = await opening;
    const trips = [client.ping(), server.ping("payload"), client.ping()];
    await clock.advance(69);
    assert.equal(await isSettled(trips[0]!), false);
    await clock.advance(1);
    assert.deepEqual(await Promise.all(trips), [70, 70, 70]);
  });

  itSplit(
    "ping is answered by the pong with its payload, and by that of a later one",
    async (split) => {
      const clock = new VirtualClock();
      const { peer, connection } = await openToServer(idle(), { clock, split });
      const first = connection.ping("a"),
        second = connection.ping("b"),
        third = connection.ping("c");
      assert.deepEqual(await peer.frames(), ["ping 61", "ping 62", "ping 63"]);
      await clock.advance(5);
      peer.send('1 000 1010 m 0000001 "x" | 1 000 1010 m 0000000');
      assert.equal(await isSettled(first), false);
      peer.send('1 000 1010 m 0000001 "b"');
      assert.deepEqual(await Promise.all([first, second]), [5, 5]);
      assert.equal(await isSettled(third), false);
      await clock.advance(5);
      peer.send('1 000 1010 m 0000001 "c"');
      assert.equal(await third, 10);
    },
  );

  itEnds("ping without a payload has one of its own each time", async () => {
    const { peer, connection } = await openToServer(idle());
    const trips = [connection.ping(), connection.ping(), connection.ping(new Uint8Array(0))];
    const frames = await peer.frames();
    assert.equal(new Set(frames).size, 3);
    peer.send(`1 000 1010 m 0000100 x${frames[0]!.slice(5)}`);
    await trips[0];
    assert.equal(await isSettled(trips[1]!), false);
    peer.send("1 000 1010 m 0000000");
    await Promise.all(trips);
  });

  itEnds("takes its payload at once", async () => {
    const { peer, connection } = await openToServer(idle());
    const payload = Uint8Array.of(1, 2);
    const trip = connection.ping(payload);
    payload.fill(9);
    assert.deepEqual(await peer.frames(), ["ping 0102"]);
    peer.send("1 000 1010 m 0000010 x0102");
    assert.ok(await trip >= 0);
  });

  itEnds("and pong carry 125 bytes, not 126", async () => {
    const { peer, connection } = await openToServer(idle());
    connection.ping(filler(125));
    await connection.pong("€".repeat(41));
    assert.deepEqual(await peer.frames(), ["ping 125 bytes", "pong 123 bytes"]);
    await assert.rejects(connection.ping(filler(126)), RangeError);
    await assert.rejects(connection.pong("€".repeat(42)), RangeError);
    await assert.rejects(connection.ping(1 as unknown as string), TypeError);
    assert.deepEqual(await peer.frames(), []);
  });

  itSplit(
    "ping is never seen by readers, and neither is a pong nobody asked for",
    async (split) => {
      const { peer, connection } = await openToServer(idle(), { split });
      const read = connection.read();
      peer.send('1 000 1001 m 0000001 "a" | 1 000 1010 m 0000001 "b" | 1 000 0001 m 0000001 "c"');
      assert.equal(await read, "c");
      assert.deepEqual(await peer.frames(), ["pong 61"]);
    },
  );

  itEnds(
    "ping of the peer is answered with its payload, at the latest when there is room",
    async () => {
      const { peer, connection } = await openToServer(idle());
      peer.transport.pause();
      for (let i = 0; i < 8; i++) connection.send(filler(32_768));
      for (const letter of "abc") peer.send(`1 000 1001 m 0000001 "${letter}"`);
      assert.deepEqual(await peer.frames(), []);
      peer.transport.resume();
      const frames = (await peer.frames()).filter((frame) => frame.startsWith("pong"));
      assert.equal(frames.at(-1), "pong 63"); // the latest; the others may be left out
    },
  );
});

describe("a handler with ping() and pong()", () => {
  itSplit(
    "a handler with ping() and pong() is told of both, fed or not, with bytes of its own",
    async (split) => {
      const told: [name: string, payload: Uint8Array][] = [];
      const both = {
        ping: (_: unknown, payload: Uint8Array) => told.push(["ping", payload]),
        pong: (_: unknown, payload: Uint8Array) => told.push(["pong", payload]),
      };
      for (const handler of [{ ...both, message() {} }, { ...both, ...idle() }] as const) {
        const { peer } = await openToServer(handler, { split });
        peer.send('1 000 1001 m 0000001 "a" | 1 000 1010 m 0000000 | 1 000 1010 m 0000001 "b"');
        assert.deepEqual(await peer.frames(), ["pong 61"]);
      }
      const once = [["ping", bytes(97)], ["pong", bytes()], ["pong", bytes(98)]];
      assert.deepEqual(told, [...once, ...once]);
      for (const [, payload] of told) assert.equal(payload.buffer.byteLength, payload.length);
    },
  );

  itEnds("closes with 1011 when they throw or reject, and the error is reported", async () => {
    const failure = new Error("no");
    for (const ping of [() => Promise.reject(failure), () => thrown(failure)]) {
      const reported: unknown[] = [];
      const { peer } = await openToServer({ ping, message() {} }, {
        server: { onError: (error) => reported.push(error) },
      });
      peer.send("1 000 1001 m 0000000");
      assert.deepEqual(await peer.frames(), ["pong", "close 1011"]);
      assert.deepEqual(reported, [failure]);
    }
  });
});

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function thrown(error: Error): never {
  throw error;
}
