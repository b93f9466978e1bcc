/**
 * Reading fragment by fragment (RFC 6455 section 5.4).
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { everyByte } from "../../src/testing/splitter.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import {
  idle,
  isSettled,
  itEnds,
  itSplit,
  itSplitAnywhere,
  rejectsNamed,
  rejectsWith,
} from "../helpers/connections.ts";
import { filler } from "../helpers/bits.ts";
import { openToServer } from "../helpers/raw_peer.ts";

describe("readFragment", () => {
  itSplitAnywhere("gives what each frame carried, with control frames between", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    peer.send('0 000 0001 m 0000011 "Hel" | 1 000 1001 m 0000010 "hi"');
    peer.send('0 000 0000 m 0000000 | 1 000 0000 m 0000010 "lo" | 1 000 0010 m 0000010 x0102');
    assert.deepEqual(await connection.readFragment(), { type: "text", data: "Hel", final: false });
    assert.deepEqual(await connection.readFragment(), { type: "text", data: "", final: false });
    assert.deepEqual(await connection.readFragment(), { type: "text", data: "lo", final: true });
    const binary = { type: "binary", data: Uint8Array.of(1, 2), final: true };
    assert.deepEqual(await connection.readFragment(), binary);
    assert.deepEqual(await peer.frames(), ["pong 6869"]);
  });

  itSplit("never cuts a character of a text", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    peer.send("0 000 0001 m 0000010 xe282 | 1 000 0000 m 0000001 xac"); // the euro sign
    const first = await connection.readFragment(), second = await connection.readFragment();
    assert.deepEqual([first?.data, second?.data], ["", "€"]);
  });

  itSplit("readFragment is not bound by the limit of whole messages", async (split) => {
    const { peer, connection } = await openToServer(idle(), {
      split,
      server: { maxMessageBytes: 100 },
    });
    for (let i = 0; i < 10; i++) peer.send(`0 000 00${i === 0 ? "10" : "00"} m 1100011 *99`);
    peer.send("1 000 0000 m 0000000");
    for (let i = 0; i < 10; i++) {
      assert.deepEqual((await connection.readFragment())?.data, filler(99));
    }
    assert.deepEqual((await connection.readFragment())?.final, true);
    peer.send("1 000 0010 m 1100101 *101"); // one fragment is
    assert.equal(await connection.readFragment(), null);
    assert.equal((await connection.closed).code, 1009);
  });

  itEnds("gives null when the connection ends in the middle of a message", async () => {
    const { peer, connection } = await openToServer(idle());
    peer.send('0 000 0001 m 0000011 "Hel"');
    assert.equal((await connection.readFragment())?.data, "Hel");
    const next = connection.readFragment();
    peer.transport.abort();
    assert.equal(await next, null);
    assert.equal(await connection.readFragment(), null);
    assert.equal(await connection.read(), null);
    assert.equal(await connection.readStream(), null);
  });

  itEnds("readFragment in the middle of a message keeps other reads out", async () => {
    const { peer, connection } = await openToServer(idle());
    peer.send('0 000 0001 m 0000011 "Hel"');
    await connection.readFragment();
    await rejectsWith(connection.read(), "ERR_READ_CONFLICT");
    await rejectsWith(connection.readStream(), "ERR_READ_CONFLICT");
    peer.send('1 000 0000 m 0000010 "lo" | 1 000 0001 m 0000001 "!"');
    assert.equal((await connection.readFragment())?.final, true);
    assert.equal(await connection.read(), "!");
  });

  itSplit("keeps out the read that was called before it was known", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    const fragment = connection.readFragment();
    const message = connection.read(), stream = connection.readStream();
    const rest = connection.readFragment(), next = connection.read();
    for (const read of [message, stream]) read.catch(() => {});
    peer.send('0 000 0001 m 0000011 "Hel" | 1 000 0000 m 0000010 "lo" | 1 000 0001 m 0000001 "!"');
    assert.equal((await fragment)?.data, "Hel");
    await rejectsWith(message, "ERR_READ_CONFLICT");
    await rejectsWith(stream, "ERR_READ_CONFLICT");
    assert.deepEqual(await rest, { type: "text", data: "lo", final: true });
    assert.equal(await next, "!");
  });

  itEnds("readFragment that gives up between two fragments loses nothing", async () => {
    const clock = new VirtualClock();
    const { peer, connection } = await openToServer(idle(), { clock });
    peer.send('0 000 0001 m 0000011 "Hel"');
    await connection.readFragment();
    const late = connection.readFragment({ timeoutMs: 1 });
    late.catch(() => {});
    await clock.advance(1);
    await rejectsNamed(late, "TimeoutError");
    peer.send('1 000 0000 m 0000010 "lo"');
    assert.equal(await isSettled(connection.closed), false);
    assert.equal((await connection.readFragment())?.data, "lo");
  });

  itEnds(
    "readFragment that gives up inside a frame leaves an unfragmented message to any other read",
    async () => {
      const { peer, connection } = await openToServer(idle(), { split: everyByte });
      const controller = new AbortController();
      const aborted = connection.readFragment({ signal: controller.signal });
      peer.write(Uint8Array.of(0x82, 0x82, 0, 0, 0, 0, 1));
      await settle();
      controller.abort();
      await rejectsNamed(aborted, "AbortError");
      const read = connection.read();
      peer.write(Uint8Array.of(2));
      assert.deepEqual(await read, Uint8Array.of(1, 2));
    },
  );

  itSplit("not begun leaves a fragmented message to any other read", async (split) => {
    const { peer, connection } = await openToServer(idle(), { split });
    peer.send('0 000 0001 m 0000011 "Hel" | 1 000 0000 m 0000010 "lo"');
    assert.equal(await isSettled(connection.closed), false); // it has arrived, unread
    assert.equal(await connection.read(), "Hello");
  });
});
