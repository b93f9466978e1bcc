/**
 * The life of a handler: what is called when, and what happens when it throws.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { CloseInfo, WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import { ReadyState } from "../../src/handler.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { isSettled, itEnds, itSplit } from "../helpers/connections.ts";
import { openToServer, RawServer, upgradeRequest } from "../helpers/raw_peer.ts";

const CLOSE_1000 = "1 000 1000 m 0000010 x03e8";

/** A server whose errors are collected. */
async function openCollecting(handler: WebSocketHandler): Promise<{
  peer: Awaited<ReturnType<typeof openToServer>>["peer"];
  connection: WebSocketConnection;
  errors: unknown[];
}> {
  const errors: unknown[] = [];
  const opened = await openToServer(handler, {
    server: { onError: (error) => void errors.push(error) },
  });
  return { ...opened, errors };
}

describe("a session", () => {
  itEnds("a session that returns closes with 1000", async () => {
    const { peer, connection } = await openCollecting({
      session: async (connection) => void await connection.read(),
    });
    peer.send('1 000 0001 m 0000001 "a"');
    assert.deepEqual(await peer.frames(), ["close 1000"]);
    peer.send(CLOSE_1000);
    const { cause, ...info } = await connection.closed;
    assert.deepEqual(info, { code: 1000, reason: "", wasClean: true, initiator: "local" });
    assert.equal(cause, undefined);
  });

  itEnds("open and a session are given the request, as a rest parameter too", async () => {
    const given: unknown[] = [];
    const { peer, connection } = await openCollecting({
      open: (_connection, ...rest) => void given.push(...rest),
      session: (_connection, ...rest) => void given.push(...rest),
    });
    assert.deepEqual(await peer.frames(), ["close 1000"]);
    assert.equal(given.length, 2);
    for (const request of given) assert.equal(request, connection.request);
  });

  for (
    const [how, session] of [
      ["throws", () => {
        throw new Error("mine");
      }],
      ["rejects", () => Promise.reject(new Error("mine"))],
    ] as const
  ) {
    itEnds(`a session that ${how} closes with 1011 and is reported`, async () => {
      const { peer, connection, errors } = await openCollecting({ session });
      assert.deepEqual(await peer.frames(), ["close 1011"]);
      peer.send("1 000 1000 m 0000010 x03f3");
      const { code, initiator, cause } = await connection.closed;
      assert.deepEqual([code, initiator], [1011, "local"]);
      assert.deepEqual(errors, [cause]);
      assert.equal((cause as Error).message, "mine");
    });
  }

  itEnds("begins after its open, and its close comes last", async () => {
    const log: string[] = [];
    const { peer, connection } = await openCollecting({
      async open() {
        await settle();
        log.push("open");
      },
      async session(connection) {
        log.push("session");
        for await (const message of connection) log.push(String(message));
        log.push("done");
      },
      close: (_connection, { code }) => void log.push(`close ${code}`),
    });
    peer.send(`1 000 0001 m 0000001 "a" | ${CLOSE_1000}`);
    await connection.closed;
    await settle();
    assert.deepEqual(log, ["open", "session", "a", "done", "close 1000"]);
  });

  itEnds("a session may outlive its connection, and its close waits for it", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const { peer, connection } = await openCollecting({
      async session() {
        await gate.promise;
        log.push("done");
      },
      close: () => void log.push("close"),
    });
    peer.transport.abort();
    await connection.closed;
    await settle();
    assert.deepEqual(log, []);
    gate.resolve();
    await settle();
    assert.deepEqual(log, ["done", "close"]);
  });

  itEnds("a session whose send meets the end of the connection reports no error", async () => {
    const { peer, connection, errors } = await openCollecting({
      async session(connection) {
        for (;;) await connection.send("tick").then(() => settle());
      },
    });
    peer.send(CLOSE_1000);
    assert.equal((await connection.closed).initiator, "remote");
    await settle();
    assert.deepEqual(errors, []);
  });

  itEnds("a session that fails otherwise after the end is reported all the same", async () => {
    const { peer, connection, errors } = await openCollecting({
      async session(connection) {
        await connection.read();
        throw new Error("mine");
      },
    });
    peer.send(CLOSE_1000);
    assert.equal((await connection.closed).code, 1000);
    await settle();
    assert.equal(errors.length, 1);
  });
});

describe("a fed handler", () => {
  for (const how of ["throws", "rejects"] as const) {
    itSplit(
      `a fed handler that ${how} in message closes with 1011, and gets no more messages`,
      async (split) => {
        const errors: unknown[] = [], seen: unknown[] = [], closes: CloseInfo[] = [];
        const { peer, connection } = await openToServer({
          message(_connection, message) {
            seen.push(message);
            if (message !== "2") return settle();
            if (how === "rejects") return Promise.reject(new Error("mine"));
            throw new Error("mine");
          },
          close: (_connection, closing) => void closes.push(closing),
        }, { split, server: { onError: (error) => void errors.push(error) } });
        peer.send('1 000 0001 m 0000001 "1" | 1 000 0001 m 0000001 "2" | 1 000 0001 m 0000001 "3"');
        while (errors.length === 0) await settle();
        peer.send("1 000 1000 m 0000010 x03f3");
        const closing = await connection.closed;
        await settle();
        assert.deepEqual(peer.takeFrames(), ["close 1011"]);
        assert.deepEqual([seen, errors.length, closing.code], [["1", "2"], 1, 1011]);
        assert.deepEqual(closes, [closing]);
      },
    );

    itEnds(`a fed handler that ${how} in open closes with 1011`, async () => {
      const errors: unknown[] = [], seen: unknown[] = [];
      const server = new RawServer({
        open() {
          if (how === "rejects") return Promise.reject(new Error("mine"));
          throw new Error("mine");
        },
        message: (_connection, message) => void seen.push(message),
      }, { server: { onError: (error) => void errors.push(error) } });
      const { peer } = server.accept();
      peer.write(upgradeRequest());
      peer.send('1 000 0001 m 0000001 "1"');
      assert.deepEqual(await peer.frames(), ["close 1011"]);
      assert.deepEqual([seen, errors.length], [[], 1]);
    });

    itEnds(
      `a fed handler that ${how} behind a lost connection is reported once and gets no more`,
      async () => {
        const errors: unknown[] = [], seen: unknown[] = [];
        const gate = Promise.withResolvers<void>();
        const { peer, connection } = await openToServer({
          async open() {
            await gate.promise;
          },
          message(_connection, message) {
            seen.push(message);
            if (how === "rejects") return Promise.reject(new Error("mine"));
            throw new Error("mine");
          },
        }, { server: { onError: (error) => void errors.push(error) } });
        peer.send('1 000 0001 m 0000001 "1" | 1 000 0001 m 0000001 "2"');
        await settle();
        peer.transport.abort();
        await connection.closed;
        gate.resolve();
        await settle();
        assert.deepEqual([seen, errors.length], [["1"], 1]);
      },
    );
  }

  itSplit("ends with close, after the last message and the transport", async (split) => {
    const log: string[] = [];
    const { peer, connection } = await openToServer({
      async message(_connection, message) {
        await settle();
        log.push(String(message));
      },
      close(connection, { code, reason }) {
        assert.equal(connection.readyState, ReadyState.CLOSED);
        log.push(`close ${code} ${reason}`);
      },
    }, { split });
    peer.send('1 000 0001 m 0000001 "1" | 1 000 0001 m 0000001 "2"');
    peer.send('1 000 1000 m 0000101 x0fa1 "bye"');
    await connection.closed;
    while (log.length < 3) await settle();
    assert.deepEqual(log, ["1", "2", "close 4001 bye"]);
  });

  itEnds(
    "a fed handler may wait for its own close without hanging, and its close comes after that",
    async () => {
      const log: string[] = [];
      const { peer, connection } = await openToServer({
        async message(connection) {
          const { code } = await connection.close(4000, "enough");
          await settle();
          log.push(`message ${code}`);
        },
        close: (_connection, { code }) => void log.push(`close ${code}`),
      });
      peer.send('1 000 0001 m 0000001 "1"');
      assert.deepEqual(await peer.frames(), ['close 4000 "enough"']);
      peer.send("1 000 1000 m 0000010 x0fa0");
      await connection.closed;
      while (log.length < 2) await settle();
      await settle();
      assert.deepEqual(log, ["message 4000", "close 4000"]);
    },
  );

  itEnds("goes on behind a lost connection, and ends with one close", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const { peer, connection } = await openToServer({
      open: () => gate.promise,
      message: (_connection, message) => void log.push(String(message)),
      close: (_connection, { code }) => void log.push(`close ${code}`),
    });
    peer.send('1 000 0001 m 0000001 "1" | 1 000 0001 m 0000001 "2"');
    await settle();
    peer.transport.abort();
    await connection.closed;
    gate.resolve();
    await settle();
    assert.deepEqual(log, ["1", "2", "close 1006"]);
  });

  itEnds("a fed handler that aborts gets no further message, even if some wait", async () => {
    const seen: unknown[] = [];
    const gate = Promise.withResolvers<void>();
    let depth = 0;
    const { peer, connection } = await openToServer({
      open: () => gate.promise,
      message(connection, message) {
        assert.equal(depth++, 0, "one at a time");
        seen.push(message);
        connection.abort();
        depth--;
      },
    });
    const big = "1 000 0010 m 1111110 +ffff *65535"; // enough of them to be held back
    peer.send(Array.from({ length: 8 }, () => big).join(" | "));
    await settle();
    gate.resolve();
    await connection.closed;
    await settle();
    assert.equal(seen.length, 1);
  });

  itEnds("a fed handler that throws in close is reported", async () => {
    const { peer, connection, errors } = await openCollecting({
      message() {},
      close: () => Promise.reject(new Error("mine")),
    });
    peer.send(CLOSE_1000);
    await connection.closed;
    await settle();
    assert.equal(errors.length, 1);
    assert.equal((await connection.closed).code, 1000);
  });

  itEnds("a fed handler whose onError throws does no harm", async (): Promise<void> => {
    const log = console.error, said: unknown[] = [];
    console.error = (...args: unknown[]) => void said.push(args);
    try {
      const { peer, connection } = await openToServer({
        message() {
          throw new Error("mine");
        },
      }, {
        server: {
          onError() {
            throw new Error("worse");
          },
        },
      });
      peer.send('1 000 0001 m 0000001 "1"');
      assert.deepEqual(await peer.frames(), ["close 1011"]);
      assert.equal(await isSettled(connection.closed), false);
      assert.equal(said.length, 1);
    } finally {
      console.error = log;
    }
  });

  itEnds("errors of a fed handler are printed on the console by default", async () => {
    const log = console.error, said: unknown[][] = [];
    console.error = (...args: unknown[]) => void said.push(args);
    try {
      const error = new Error("mine");
      const { peer } = await openToServer({
        message() {
          throw error;
        },
      });
      peer.send('1 000 0001 m 0000001 "1"');
      await settle();
      assert.equal(said[0]?.at(-1), error);
    } finally {
      console.error = log;
    }
  });
});
