/**
 * Ends over an adapter: clean ones both ways, abrupt ones with their cause.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CloseInfo, MessageHandler } from "../../../mod.ts";
import { causeCode, rejectsWith, underCause } from "../../helpers/connections.ts";
import { type Adapter, ECHO, Log, patience, RawFrames, type Served, withServer } from "./host.ts";
import { IDLE } from "../../helpers/idle_handler.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Tells how its connections ended. */
function noting(log: Log<CloseInfo>): MessageHandler {
  return { close: (_connection, closing) => log.add(closing) };
}

export function testEnding(adapter: Adapter): void {
  const { features } = adapter;

  describe("an end", () => {
    it("by close() of the client gives code and reason to both sides", patience, () => {
      const log = new Log<CloseInfo>();
      return withServer(adapter, noting(log), async ({ connect, connections }) => {
        const client = await connect();
        const said = { code: 4321, reason: "späte Gründe", wasClean: true };
        assert.deepEqual(await client.close(4321, "späte Gründe"), { ...said, initiator: "local" });
        assert.deepEqual((await log.until(1))[0], { ...said, initiator: "remote" });
        assert.equal(connections.size, 0);
      });
    });

    it("by close() of the server gives code and reason to both sides", patience, () => {
      const log = new Log<CloseInfo>();
      return withServer(adapter, {
        ...noting(log),
        message: (connection) => void connection.close(4322, "enough"),
      }, async ({ connect }) => {
        const client = await connect();
        client.send("go");
        const said = { code: 4322, reason: "enough", wasClean: true };
        assert.deepEqual(await client.closed, { ...said, initiator: "remote" });
        const [own] = await log.until(1);
        if (features.waitsForClose) assert.deepEqual(own, { ...said, initiator: "local" });
        else {
          assert.deepEqual([own?.code, own?.wasClean, own?.initiator], [4322, false, "local"]);
          assert.equal(causeCode(own!), "ERR_NOT_SUPPORTED");
        }
      });
    });

    it("comes after every message that was sent before", patience, () =>
      withServer(adapter, {
        open(connection) {
          for (let i = 0; i < 100; i++) connection.send(`${i} ${"x".repeat(5_000)}`);
          void connection.close(4000);
        },
      }, async ({ connect }) => {
        const client = await connect();
        let count = 0;
        for await (const _message of client) count++;
        assert.equal(count, 100);
        assert.equal((await client.closed).code, 4000);
      }));

    it("by abort() of one side is a loss with a cause for the other", patience, () => {
      const log = new Log<CloseInfo>();
      return withServer(adapter, {
        ...noting(log),
        message: (connection) => connection.abort(new Error("mine")),
      }, async ({ connect }) => {
        const first = await connect();
        await first.send("a");
        const lost = await first.closed;
        const seen = [lost.code, lost.wasClean, lost.initiator];
        if (features.drops) {
          assert.deepEqual(seen, [1006, false, "transport"]);
          assert.equal(causeCode(lost), "ERR_TRANSPORT");
        } else assert.deepEqual(seen, [4006, true, "remote"]);
        const [own] = await log.until(1);
        assert.equal(causeCode(own!), "ERR_ABORTED");
        assert.equal((underCause(own!) as Error).message, "mine");

        const second = await connect();
        second.abort();
        assert.equal(causeCode(await second.closed), "ERR_ABORTED");
        const [, other] = await log.until(2);
        assert.deepEqual([other?.code, other?.initiator], [1006, "transport"]);
        assert.equal(causeCode(other!), "ERR_TRANSPORT");
      });
    });

    it("by close() of the server object closes every connection with 1001", patience, () => {
      const log = new Log<CloseInfo>();
      return withServer(adapter, { ...ECHO, ...noting(log) }, async (served) => {
        const clients = await Promise.all([served.connect(), served.connect(), served.connect()]);
        const closing = served.close();
        for (const client of clients) {
          const { code, initiator, wasClean } = await client.closed;
          assert.deepEqual([code, initiator, wasClean], [1001, "remote", true]);
        }
        await closing;
        assert.equal(served.connections.size, 0);
        assert.deepEqual((await log.until(3)).map(({ code }) => code), [1001, 1001, 1001]);
        if (features.answersHttp) await rejectsWith(served.connect(), "ERR_CONNECT");
      });
    });

    it(
      "by close() of the server object within a handler comes when the handler has returned",
      patience,
      () => {
        const closing = Promise.withResolvers<void>();
        let served: Served | null = null;
        return withServer(adapter, {
          message(connection, message) {
            closing.resolve(served!.close());
            connection.send(message);
          },
        }, async (given) => {
          served = given;
          const client = await given.connect();
          void client.send("the last");
          assert.equal(await client.read(), "the last");
          assert.equal((await client.closed).code, 1001);
          await closing.promise;
        });
      },
    );
  });

  if (!features.frames) return;

  describe("an end on the wire", () => {
    it("by a broken rule is a Close with its code", patience, () => {
      const log = new Log<CloseInfo>();
      return withServer(adapter, noting(log), async (served) => {
        const raw = await RawFrames.open(served);
        raw.send("1 000 0011 m 0000000");
        assert.match((await raw.frames(1))[0]!, /^close 1002 "/);
        await raw.client.closed();
        const [info] = await log.until(1);
        assert.deepEqual([info?.code, info?.initiator, causeCode(info!)], [
          1002,
          "local",
          "ERR_PROTOCOL",
        ]);
      });
    });

    it("reaches a side that only sends, when its peer goes with much unread", patience, () => {
      const log = new Log<CloseInfo>();
      let isSending = true;
      return withServer(adapter, {
        async session(connection) {
          for (; isSending; await pause(1)) await connection.send(new Uint8Array(65_536));
        },
        close: (_connection, closing) => log.add(closing),
      }, async (served) => {
        const raw = await RawFrames.open(served);
        for (let i = 0; i < 10; i++) raw.send("1 000 0010 m 1111110 +ea60 *60000");
        await pause(100);
        raw.client.socket.destroy();
        try {
          assert.equal((await log.until(1))[0]!.code, 1006);
        } finally {
          isSending = false;
        }
      });
    });

    it("by FIN without Close is a loss with a cause", patience, () => {
      const log = new Log<CloseInfo>(), messages = new Log<unknown>();
      return withServer(adapter, {
        ...noting(log),
        message: (_connection, message) => messages.add(message),
      }, async (served) => {
        const raw = await RawFrames.open(served);
        raw.send('1 000 0001 m 0000001 "a" | 0 000 0001 m 0000001 "b"');
        raw.client.socket.end();
        await raw.client.closed();
        const [info] = await log.until(1);
        assert.deepEqual(messages.entries, ["a"]);
        assert.deepEqual([info?.code, info?.initiator, causeCode(info!)], [
          1006,
          "transport",
          "ERR_TRANSPORT",
        ]);
      });
    });

    it("by a reset in the middle of a message is a loss with a cause", patience, () => {
      const log = new Log<CloseInfo>();
      return withServer(adapter, noting(log), async (served) => {
        const raw = await RawFrames.open(served);
        raw.send("0 000 0010 m 1111110 +1000 *4096");
        raw.send("1 000 1001 m 0000000"); // so that we know it has come
        await raw.frames(1);
        raw.client.socket.destroy();
        const [info] = await log.until(1);
        assert.deepEqual([info?.code, info?.initiator, causeCode(info!)], [
          1006,
          "transport",
          "ERR_TRANSPORT",
        ]);
      });
    });

    it(
      "is clean when the client sends FIN only after the server's FIN",
      patience,
      () =>
        withServer(adapter, IDLE, async (served) => {
          const raw = await RawFrames.open(served);
          const [connection] = served.connections;
          raw.send("1 000 1000 m 0000010 x0fa0");
          assert.deepEqual(await raw.frames(1), ["close 4000"]);
          await raw.client.closed();
          assert.equal((await connection!.closed).wasClean, true);
          assert.equal(served.connections.size, 0);
        }),
    );

    it(
      "by close() of the server object drops peers that do not answer, after timeoutMs",
      patience,
      () => {
        const log = new Log<CloseInfo>();
        return withServer(adapter, noting(log), async (served) => {
          const raw = await RawFrames.open(served);
          await served.close({ timeoutMs: 50 });
          assert.match((await raw.frames(1))[0]!, /^close 1001/);
          const [info] = await log.until(1);
          assert.equal(causeCode(info!), "ERR_ABORTED");
          raw.client.socket.destroy();
        });
      },
    );

    it("comes after closeTimeoutMs if the peer does not answer a Close", patience, () => {
      const log = new Log<CloseInfo>();
      return withServer(adapter, {
        ...noting(log),
        open: (connection) => void connection.close(),
      }, async (served) => {
        const raw = await RawFrames.open(served);
        const [info] = await log.until(1);
        assert.equal(causeCode(info!), "ERR_CLOSE_TIMEOUT");
        raw.client.socket.destroy();
      }, { closeTimeoutMs: 50 });
    });
  });
}
