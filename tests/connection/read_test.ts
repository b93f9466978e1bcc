/**
 * Reading whole messages: in order, once each, and what ends a read otherwise.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import {
  idle,
  isSettled,
  itEnds,
  itSplit,
  itSplitAnywhere,
  openPair,
  readAll,
  rejectsNamed,
  rejectsWith,
} from "../helpers/connections.ts";
import { filler } from "../helpers/bits.ts";
import { openToServer } from "../helpers/raw_peer.ts";

describe("read", () => {
  itSplitAnywhere("gives every message once and in order", async (split) => {
    const { client, server } = await openPair({ split });
    const sent = ["", "a", filler(0), filler(125), "€".repeat(50), filler(126), filler(70_000)];
    for (const message of sent) client.send(message);
    for (const message of sent) assert.deepEqual(await server.read(), message);
    for (const message of sent) server.send(message);
    for (const message of sent) assert.deepEqual(await client.read(), message);
    await client.close();
    assert.equal(await server.read(), null);
    assert.equal(await client.read(), null);
  });

  itSplit("several reads at once are answered in the order of their calls", async (split) => {
    const { client, server } = await openPair({ split });
    const reads = [server.read(), server.readText(), server.readStream(), server.readBinary()];
    for (const message of ["one", "two", "three"]) client.send(message);
    client.send(filler(3));
    const [one, two, three, four] = await Promise.all(reads);
    assert.deepEqual([one, two, four], ["one", "two", filler(3)]);
    assert.ok(three !== null && typeof three === "object" && "readable" in three);
  });

  itSplit("gives what came before the end, and then null", async (split) => {
    const { client, server } = await openPair({ split });
    client.send("last words");
    client.send("and more");
    await client.close();
    assert.equal(await server.read(), "last words");
    assert.deepEqual(await readAll(server), ["and more"]);
    assert.equal(await server.readText(), null);
    assert.equal(await server.readBinary(), null);
    assert.equal(await server.readFragment(), null);
    assert.equal(await server.readStream(), null);
  });

  itEnds("a read of each kind that waits when the connection ends gets null", async () => {
    const { client, server } = await openPair();
    const reads = [
      server.read(),
      server.readText(),
      server.readBinary(),
      server.readFragment(),
      server.readStream(),
    ];
    client.abort();
    assert.deepEqual(await Promise.all(reads), [null, null, null, null, null]);
  });

  itEnds(
    "a read that waits when we close gets null, and messages that arrived are dropped",
    async () => {
      const { client, server } = await openPair();
      const read = client.read();
      void client.close();
      assert.equal(await read, null);
      await client.closed;

      const second = await openPair();
      second.server.send("unread");
      assert.equal(await isSettled(second.server.send("more")), true);
      await second.client.close();
      assert.equal(await second.client.read(), null);
      await server.closed;
    },
  );

  itEnds("readText and readBinary refuse the other kind, and go on", async () => {
    const { client, server } = await openPair();
    for (const message of [filler(1), "text", "text", filler(2)]) client.send(message);
    await rejectsWith(server.readText(), "ERR_MESSAGE_TYPE");
    assert.equal(await server.readText(), "text");
    await rejectsWith(server.readBinary(), "ERR_MESSAGE_TYPE");
    assert.deepEqual(await server.readBinary(), filler(2));
  });

  itEnds("read rejects when the handler is fed", async () => {
    const { connection } = await openToServer({ message() {} });
    await rejectsWith(connection.read(), "ERR_READ_CONFLICT");
    await rejectsWith(connection.readText(), "ERR_READ_CONFLICT");
    await rejectsWith(connection.readBinary(), "ERR_READ_CONFLICT");
    await rejectsWith(connection.readFragment(), "ERR_READ_CONFLICT");
    await rejectsWith(connection.readStream(), "ERR_READ_CONFLICT");
  });
});

describe("a read's timeout", () => {
  const KINDS = ["read", "readText", "readFragment", "readStream"] as const;

  for (const kind of KINDS) {
    itEnds(`rejects ${kind} and loses nothing`, async () => {
      const clock = new VirtualClock();
      const { client, server } = await openPair({ clock });
      const late = server[kind]({ timeoutMs: 1_000 });
      late.catch(() => {});
      await clock.advance(999);
      assert.equal(await isSettled(late), false);
      await clock.advance(1);
      await rejectsNamed(late, "TimeoutError");
      client.send("late");
      assert.equal(await server.read(), "late");
    });
  }

  itEnds("a timeout applies to readBinary as well", async () => {
    const clock = new VirtualClock();
    const { client, server } = await openPair({ clock });
    const late = server.readBinary({ timeoutMs: 5 });
    late.catch(() => {});
    await clock.advance(5);
    await rejectsNamed(late, "TimeoutError");
    client.send(filler(4));
    assert.deepEqual(await server.readBinary(), filler(4));
  });

  itSplit("a read that times out in the middle of a message loses nothing of it", async (split) => {
    const clock = new VirtualClock();
    const { peer, connection } = await openToServer(idle(), { clock, split });
    const late = connection.read({ timeoutMs: 10 });
    late.catch(() => {});
    peer.send('0 000 0001 m 0000011 "Hel"');
    await clock.advance(10);
    await rejectsNamed(late, "TimeoutError");
    peer.send('1 000 0000 m 0000010 "lo"');
    assert.equal(await connection.read(), "Hello");
  });

  itEnds("a read has the timeout of the connection unless the call has its own", async () => {
    const clock = new VirtualClock();
    const { server } = await openPair({ clock });
    assert.equal(server.readTimeoutMs, Infinity);
    server.readTimeoutMs = 50;
    const reads = [server.read(), server.read({ timeoutMs: 200 })];
    for (const read of reads) read.catch(() => {});
    await clock.advance(50);
    await rejectsNamed(reads[0]!, "TimeoutError");
    assert.equal(await isSettled(reads[1]!), false);
    await clock.advance(150);
    await rejectsNamed(reads[1]!, "TimeoutError");
  });

  itEnds("leaves no timer behind when the message came in time", async () => {
    const clock = new VirtualClock();
    const client = { pingIntervalMs: Infinity, handshakeTimeoutMs: Infinity }, server = client;
    const pair = await openPair({ clock, client, server });
    const read = pair.server.read({ timeoutMs: 1_000 });
    pair.client.send("in time");
    assert.equal(await read, "in time");
    assert.equal(clock.pending, 0);
  });

  itEnds(
    "a read with a negative timeout or NaN rejects with RangeError, and takes no message",
    async () => {
      const { client, server } = await openPair();
      await assert.rejects(server.read({ timeoutMs: -1 }), RangeError);
      await assert.rejects(server.readStream({ timeoutMs: NaN }), RangeError);
      client.send("still here");
      assert.equal(await server.read(), "still here");
    },
  );

  itEnds(
    "a read with a timeout of 0 gives a message that has arrived, and rejects with TimeoutError without one",
    async () => {
      const clock = new VirtualClock();
      const { client, server } = await openPair({ clock });
      client.send("here");
      await settle();
      assert.equal(await server.read({ timeoutMs: 0 }), "here");
      const late = server.read({ timeoutMs: 0 });
      late.catch(() => {});
      await clock.advance(0);
      await rejectsNamed(late, "TimeoutError");
    },
  );
});

describe("a read's signal", () => {
  itEnds("rejects with its reason and loses nothing", async () => {
    const { client, server } = await openPair();
    const controller = new AbortController();
    const read = server.read({ signal: controller.signal });
    const other = server.readStream({ signal: controller.signal });
    controller.abort("enough");
    await assert.rejects(read, (reason) => reason === "enough");
    await assert.rejects(other, (reason) => reason === "enough");
    client.send("late");
    assert.equal(await server.read(), "late");
  });

  itEnds("a read with a signal that is aborted already takes no message", async () => {
    const { client, server } = await openPair();
    client.send("here");
    await server.ping();
    await rejectsNamed(server.read({ signal: AbortSignal.abort() }), "AbortError");
    assert.equal(await server.read({ signal: new AbortController().signal }), "here");
  });

  itEnds("the signal of one read leaves the others in order", async () => {
    const { client, server } = await openPair();
    const controller = new AbortController();
    const first = server.read(), second = server.read({ signal: controller.signal });
    const third = server.read();
    controller.abort();
    await rejectsNamed(second, "AbortError");
    client.send("one");
    client.send("two");
    assert.deepEqual(await Promise.all([first, third]), ["one", "two"]);
  });
});

describe("for await", () => {
  itSplit("gives all messages and ends with the connection", async (split) => {
    const { client, server } = await openPair({ split });
    for (let i = 0; i < 100; i++) client.send(`message ${i}`);
    void client.close();
    const messages = await readAll(server);
    assert.deepEqual(messages, Array.from({ length: 100 }, (_, i) => `message ${i}`));
  });

  itEnds("a loop of for await can be left, and the next read continues behind it", async () => {
    const { client, server } = await openPair();
    for (const message of ["one", "two", "three"]) client.send(message);
    for await (const message of server) if (message === "two") break;
    assert.equal(await server.read(), "three");
  });
});
