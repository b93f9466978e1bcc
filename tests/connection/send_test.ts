/**
 * Sending: what leaves, in which order, and who waits for whom.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import {
  causeCode,
  idle,
  isSettled,
  itEnds,
  itSplit,
  itSplitAnywhere,
  openPair,
  readAll,
  rejectsWith,
} from "../helpers/connections.ts";
import { filler } from "../helpers/bits.ts";
import { openToServer } from "../helpers/raw_peer.ts";
import { nextTurn } from "../helpers/waiting.ts";

describe("send", () => {
  itEnds("sends text and bytes of every kind as one frame each", async () => {
    const { peer, connection } = await openToServer(idle());
    const view = new Uint8Array(Uint8Array.of(9, 1, 2, 9).buffer, 1, 2);
    for (const message of ["€", view, Uint8Array.of(3).buffer, "", new Uint8Array(0)]) {
      await connection.send(message);
    }
    const frames = ['text "€"', "binary 0102", "binary 03", 'text ""', "binary"];
    assert.deepEqual(await peer.frames(), frames);
  });

  itEnds("takes the bytes at once: changing them later changes nothing", async () => {
    const { peer, connection } = await openToServer(idle());
    const bytes = Uint8Array.of(1, 2, 3);
    connection.send(bytes);
    bytes.fill(0xee);
    connection.send(bytes, { final: true });
    bytes.fill(0xdd);
    const held = Promise.withResolvers<string>();
    connection.send((async function* () {
      yield await held.promise;
    })());
    connection.send(bytes); // waits behind the stream
    connection.send(bytes.buffer);
    bytes.fill(0xcc);
    held.resolve("s");
    assert.deepEqual(await peer.frames(), [
      "binary 010203",
      "binary eeeeee",
      'text "s" ...',
      "continuation",
      "binary dddddd",
      "binary dddddd",
    ]);
  });

  itSplitAnywhere(
    "send with final: false sends fragments, with control frames between",
    async (split) => {
      const { client, server } = await openPair({ split });
      const read = server.readText();
      client.send("Hel", { final: false });
      const ping = client.ping("p");
      client.send("l", { final: false });
      client.pong("unasked");
      client.send("o");
      client.send("next");
      assert.equal(await read, "Hello");
      assert.equal(await server.read(), "next");
      assert.ok(await ping >= 0);
    },
  );

  itEnds("writes the fragments as section 5.4 says", async () => {
    const { peer, connection } = await openToServer(idle());
    connection.send("a", { final: false });
    connection.ping("p").catch(() => {});
    connection.send("b", { final: false });
    connection.send("", { final: true });
    connection.send(Uint8Array.of(1), { final: false });
    connection.send(Uint8Array.of(2));
    assert.deepEqual(await peer.frames(), [
      'text "a" ...',
      "ping 70",
      "continuation 62 ...",
      "continuation",
      "binary 01 ...",
      "continuation 02",
    ]);
  });

  itEnds("rejects a fragment of another type, and the message can go on", async () => {
    const { peer, connection } = await openToServer(idle());
    connection.send("a", { final: false });
    await assert.rejects(connection.send(Uint8Array.of(1)), TypeError);
    await connection.send("b");
    assert.deepEqual(await peer.frames(), ['text "a" ...', "continuation 62"]);
  });

  itSplit("many sends in one turn lose no message", async (split) => {
    const { client, server } = await openPair({ split });
    const messages = Array.from({ length: 1_000 }, (_, i) => `${i}`);
    for (const message of messages) server.send(message);
    const sent = server.close();
    const closed = client.closed;
    const read = await readAll(client);
    assert.deepEqual(read, messages);
    assert.equal((await closed).code, 1000);
    await sent;
  });

  itEnds("a message that is larger than the shared buffer arrives whole", async () => {
    const { client, server } = await openPair();
    const big = filler(900_000);
    client.send("before");
    client.send(big);
    client.send("after");
    assert.deepEqual(await server.read(), "before");
    assert.deepEqual(await server.read(), big);
    assert.equal(await server.read(), "after");
  });
});

describe("backpressure of send", () => {
  const CHUNK = filler(32_768);

  itSplit("keeps the promise pending until the peer has caught up", async (split) => {
    const { client, server, transports } = await openPair({ split });
    transports.client.pause();
    let sends = 0, last: Promise<void>;
    do {
      last = server.send(CHUNK);
      sends++;
    } while (await isSettled(last));
    assert.ok(sends * CHUNK.length > 128 * 1024, "a window and a high-water mark");
    assert.ok(server.bufferedAmount > 64 * 1024);
    transports.client.resume();
    for (let i = 0; i < sends; i++) assert.deepEqual(await client.read(), CHUNK);
    await last;
    assert.equal(server.bufferedAmount, 0);
  });

  itEnds("a client's send waits while its server does not read", async () => {
    const { client, server, transports } = await openPair();
    let sent = 0;
    for (let last = client.send(CHUNK); await isSettled(last); last = client.send(CHUNK)) sent++;
    assert.equal(transports.server.isPaused, true);
    let seen = 0;
    while (seen <= sent) {
      assert.deepEqual(await server.read(), CHUNK);
      seen++;
    }
    assert.equal(transports.server.isPaused, false);
  });

  itEnds(
    "a sender that ignores the promise fails the connection at maxBufferedBytes, and the send says why",
    async () => {
      const server = { maxBufferedBytes: 300_000 };
      const pair = await openPair({ server });
      pair.transports.client.pause();
      let refused: unknown = null;
      for (let i = 0; i < 100; i++) {
        pair.server.send(CHUNK).catch((error) => refused ??= error);
      }
      const info = await pair.server.closed;
      assert.equal(causeCode(info), "ERR_SEND_LIMIT");
      assert.deepEqual([info.code, info.initiator, info.wasClean], [1006, "local", false]);
      await rejectsWith(Promise.reject(refused), "ERR_CLOSED"); // the first that waited
      await rejectsWith(pair.server.send("more"), "ERR_CLOSED");
    },
  );

  itEnds("the send beyond maxBufferedBytes alone rejects with ERR_SEND_LIMIT", async () => {
    const pair = await openPair({ server: { maxBufferedBytes: 300_000 } });
    pair.transports.client.pause();
    const results = Array.from({ length: 100 }, () => pair.server.send(CHUNK));
    const settled = await Promise.allSettled(results);
    const codes = settled.map((result) =>
      result.status === "rejected" ? result.reason.code : "sent"
    );
    assert.equal(codes.filter((code) => code === "ERR_SEND_LIMIT").length, 1);
    assert.equal(codes.at(-1), "ERR_CLOSED");
  });

  itEnds("does not fail a sender that waits, however much it sends", async () => {
    const pair = await openPair({ server: { maxBufferedBytes: 200_000 } });
    const total = 100;
    const sending = (async () => {
      for (let i = 0; i < total; i++) await pair.server.send(CHUNK);
    })();
    for (let i = 0; i < total; i++) await pair.client.read();
    await sending;
    assert.equal(await isSettled(pair.server.closed), false);
  });

  itEnds(
    "does not fail a sender of one message that is larger than all that may be held",
    async () => {
      const pair = await openPair({ server: { maxBufferedBytes: 200_000 } });
      await pair.server.send(filler(900_000)); // still in the shared buffer, so there was room
      const sending = pair.server.send("and the next");
      assert.equal((await pair.client.readBinary())?.length, 900_000);
      assert.equal(await pair.client.read(), "and the next");
      await sending;
    },
  );

  itEnds("counts unread messages, too", async () => {
    /** Sends that go well before the connection fails. */
    async function countSends(unread: number): Promise<number> {
      const pair = await openPair({ server: { maxBufferedBytes: 600_000 } });
      for (let i = 0; i < unread; i++) pair.client.send(CHUNK);
      await pair.client.ping();
      pair.transports.client.pause();
      let count = 0;
      for (; pair.server.readyState === 1; count++) pair.server.send(CHUNK);
      return count;
    }
    const alone = await countSends(0), beside = await countSends(6);
    assert.ok(alone - beside >= 5 && alone - beside <= 7, `${alone} alone, ${beside} beside`);
  });

  itEnds("applies to what waits behind a stream, too", async () => {
    const { server } = await openPair({ server: { maxBufferedBytes: 300_000 } });
    const never = new ReadableStream<string>({});
    const stream = server.send(never);
    const results = [stream, ...Array.from({ length: 20 }, () => server.send(CHUNK))];
    await Promise.allSettled(results);
    assert.equal(causeCode(await server.closed), "ERR_SEND_LIMIT");
  });

  itEnds("a signal ends waiting in send, and the message is sent nevertheless", async () => {
    const { client, server, transports } = await openPair();
    transports.client.pause();
    const controller = new AbortController();
    let count = 0;
    for (let last = server.send(CHUNK); await isSettled(last); last = server.send(CHUNK)) count++;
    const last = server.send("last", { signal: controller.signal });
    assert.equal(await isSettled(last), false);
    controller.abort("enough");
    await assert.rejects(last, (reason) => reason === "enough");
    transports.client.resume();
    for (let i = 0; i <= count; i++) await client.read();
    assert.equal(await client.read(), "last");
    await assert.rejects(server.send("never", { signal: controller.signal }));
    server.send("next");
    assert.equal(await client.read(), "next");
  });

  itEnds("ends with ERR_CLOSED when the connection does", async () => {
    const clock = new VirtualClock();
    const { client, server, transports } = await openPair({ clock });
    transports.client.pause();
    let last: Promise<void>;
    do last = server.send(CHUNK); while (await isSettled(last));
    client.abort();
    await rejectsWith(last, "ERR_CLOSED");
  });
});

describe("after the end", () => {
  itEnds("all calls that send reject with ERR_CLOSED, unseen ones quietly", async () => {
    const { client, server } = await openPair();
    const unanswered = server.ping("never seen").catch((error) => error.code);
    void server.ping(); // nobody looks at it
    client.abort();
    await server.closed;
    assert.equal(await unanswered, "ERR_CLOSED");
    const never = new ReadableStream<string>({});
    await rejectsWith(server.send("a"), "ERR_CLOSED");
    await rejectsWith(server.send("a", { final: false }), "ERR_CLOSED");
    await rejectsWith(server.send(never), "ERR_CLOSED");
    await rejectsWith(server.ping(), "ERR_CLOSED");
    await rejectsWith(server.pong(), "ERR_CLOSED");
    void server.send("a");
    void server.send(new ReadableStream<string>({}));
    void server.ping();
    void server.pong();
    await settle();
    await nextTurn(); // when unhandled rejections are told
  });
});
