/**
 * Streams and async iterables as one message.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Message } from "../../src/message.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import {
  idle,
  isSettled,
  itEnds,
  itSplit,
  itSplitAnywhere,
  openPair,
  rejectsWith,
} from "../helpers/connections.ts";
import { filler } from "../helpers/bits.ts";
import { openToServer } from "../helpers/raw_peer.ts";
import { nextTurn } from "../helpers/waiting.ts";

async function* parts(...messages: Message[]): AsyncGenerator<Message> {
  for (const message of messages) {
    await null;
    yield message;
  }
}

function streamOf(...messages: Message[]): ReadableStream<Message> {
  return new ReadableStream({
    start(controller) {
      for (const message of messages) controller.enqueue(message);
      controller.close();
    },
  });
}

describe("send of a stream", () => {
  for (const [name, make] of [["a ReadableStream", streamOf], ["an iterable", parts]] as const) {
    itSplitAnywhere(`sends ${name} as one message`, async (split) => {
      const { client, server } = await openPair({ split });
      const sends = [
        client.send(make("Hel", "", "lo")),
        client.send(make(filler(3), filler(300))),
        client.send(make()),
        client.send("next"),
      ];
      assert.equal(await server.read(), "Hello");
      assert.equal((await server.readBinary())?.length, 303);
      assert.deepEqual(await server.read(), new Uint8Array(0));
      assert.equal(await server.read(), "next");
      await Promise.all(sends);
    });
  }

  itSplitAnywhere("keeps characters whole that are cut between parts", async (split) => {
    const { client, server } = await openPair({ split });
    const halves = ["a\ud83d", "", "\ude00b", "\ud83d"];
    for (const [from, to] of [[client, server], [server, client]] as const) {
      await from.send(parts(...halves));
      assert.equal(await to.read(), "a\u{1f600}b\ufffd");
      await from.send(streamOf(...halves), { final: false });
      await from.send("\ude00");
      assert.equal(await to.read(), "a\u{1f600}b\u{1f600}");
    }
  });

  itEnds("sends each part as a fragment", async () => {
    const { peer, connection } = await openToServer(idle());
    await connection.send(parts("a", "b"));
    await connection.send(streamOf(Uint8Array.of(1)), { final: false });
    await connection.send(Uint8Array.of(2));
    assert.deepEqual(await peer.frames(), [
      'text "a" ...',
      "continuation 62 ...",
      "continuation",
      "binary 01 ...",
      "continuation 02",
    ]);
  });

  itSplit(
    "keeps what is sent meanwhile in order behind it, but for control frames",
    async (split) => {
      const { peer, connection } = await openToServer(idle(), { split });
      const gate = Promise.withResolvers<void>();
      const streaming = connection.send((async function* () {
        yield "a";
        await gate.promise;
        yield "b";
      })());
      const later = [connection.send("1"), connection.send(parts("2")), connection.send("3")];
      await settle();
      connection.pong("x");
      peer.send("1 000 1001 m 0000001 x21");
      assert.deepEqual(await peer.frames(), ['text "a" ...', "pong 78", "pong 21"]);
      assert.equal(connection.bufferedAmount, 2);
      assert.equal(await isSettled(later[0]!), false);
      gate.resolve();
      await Promise.all([streaming, ...later]);
      const rest = [
        "continuation 62 ...",
        "continuation",
        'text "1"',
        'text "2" ...',
        "continuation",
      ];
      assert.deepEqual(await peer.frames(), [...rest, 'text "3"']);
      assert.equal(connection.bufferedAmount, 0);
    },
  );

  itEnds("takes no more from its source than the peer keeps up with", async () => {
    const { client, server, transports } = await openPair();
    transports.client.pause();
    let made = 0;
    const sending = server.send((async function* () {
      for (; made < 100; made++) yield filler(32_768);
    })());
    await settle();
    assert.ok(made > 3 && made < 10, `${made} parts were asked for`);
    transports.client.resume();
    const stream = await client.readStream();
    let length = 0;
    for await (const part of stream!.readable as AsyncIterable<Message>) length += part.length;
    assert.equal(length, 100 * 32_768);
    await sending;
  });

  itEnds(
    "send of a stream that throws before its first part rejects, and nothing was sent",
    async () => {
      const { peer, connection } = await openToServer(idle());
      const failing = new ReadableStream<Message>({
        start(controller) {
          controller.error(new Error("mine"));
        },
      });
      await assert.rejects(connection.send(failing), /mine/);
      await assert.rejects(connection.send(parts(1 as unknown as string)), TypeError);
      await connection.send("ok");
      assert.deepEqual(await peer.frames(), ['text "ok"']);
    },
  );

  for (
    const [name, make] of [
      ["throws", async function* () {
        yield "a";
        throw new Error("mine");
      }],
      ["gives what is no message", () => parts("a", {} as unknown as string)],
      ["changes its type", () => parts("a", Uint8Array.of(1))],
    ] as const
  ) {
    itEnds(
      `send of a stream that ${name} in the middle closes with 1011: half a message is out`,
      async () => {
        const { peer, connection } = await openToServer(idle());
        let reason: unknown;
        await assert.rejects(connection.send(make()), (error) => {
          reason = error;
          return true;
        });
        const frames = await peer.frames();
        assert.equal(frames[0], 'text "a" ...');
        assert.match(frames[1]!, /^close 1011/);
        peer.send("1 000 1000 m 0000010 x03f3");
        const info = await connection.closed;
        assert.deepEqual([info.code, info.initiator, info.cause], [1011, "local", reason]);
        await rejectsWith(connection.send("more"), "ERR_CLOSED");
      },
    );
  }

  itEnds(
    "aborted by its signal in the middle fails the connection, cancels the source",
    async () => {
      const { peer, connection } = await openToServer(idle());
      const aborter = new AbortController();
      let cancelled: unknown;
      const source = new ReadableStream<string>({
        start: (controller) => controller.enqueue("a"),
        cancel: (reason) => void (cancelled = reason),
      });
      const sending = connection.send(source, { signal: aborter.signal });
      const behind = connection.send("behind");
      await settle();
      aborter.abort("enough");
      await assert.rejects(sending, (reason) => reason === "enough");
      await rejectsWith(behind, "ERR_CLOSED");
      assert.equal(cancelled, "enough");
      assert.match((await peer.frames()).join(), /^text "a" \.\.\.,close 1011/);
    },
  );

  itEnds("aborted before its first part leaves the connection open", async () => {
    const { peer, connection } = await openToServer(idle());
    const aborter = new AbortController();
    const sending = connection.send(new ReadableStream<string>({}), { signal: aborter.signal });
    const behind = connection.send("behind");
    aborter.abort("enough");
    await assert.rejects(sending, (reason) => reason === "enough");
    await behind;
    assert.deepEqual(await peer.frames(), ['text "behind"']);
  });

  itEnds(
    "send of a stream whose source hangs ends with the connection, and cancels the source",
    async () => {
      const { peer, connection } = await openToServer(idle());
      let cancelled = false, returned = false;
      const never = Promise.withResolvers<void>();
      const source = new ReadableStream<string>({
        cancel() {
          cancelled = true;
        },
      });
      const iterable: AsyncIterable<string> = {
        [Symbol.asyncIterator]: () => ({
          next: () => never.promise.then(() => ({ done: true, value: undefined })),
          return() {
            returned = true;
            return Promise.resolve({ done: true, value: undefined });
          },
        }),
      };
      const sends = [connection.send(source), connection.send(iterable), connection.send("behind")];
      peer.send("1 000 1000 m 0000000");
      for (const send of sends) await rejectsWith(send, "ERR_CLOSED");
      assert.equal(cancelled, true);
      assert.equal(returned, true);
    },
  );

  itEnds(
    "send of a stream whose source fails after it was given up is no unhandled rejection",
    async () => {
      const { connection } = await openToServer(idle());
      const aborter = new AbortController();
      const source: AsyncIterable<string> = {
        [Symbol.asyncIterator]: () => ({
          next() {
            aborter.abort("enough");
            return Promise.reject(new Error("mine"));
          },
          return: () => Promise.reject(new Error("mine, too")),
        }),
      };
      await assert.rejects(connection.send(source, { signal: aborter.signal }));
      await nextTurn();
      await connection.send("ok");
    },
  );

  itEnds("send of a stream that is locked is the caller's fault", async () => {
    const { connection } = await openToServer(idle());
    const source = streamOf("a");
    source.getReader();
    await assert.rejects(connection.send(source), TypeError);
    await connection.send("ok");
  });
});
