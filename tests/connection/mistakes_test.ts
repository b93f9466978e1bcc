/**
 * Mistakes in calls whose promises are not looked at: each throws at the call, or reaches
 * `onError`, and none ends the process.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import { causeCode, isSettled, itEnds, openPair, rejectsWith } from "../helpers/connections.ts";
import { openToServer, RawServer, upgradeRequest } from "../helpers/raw_peer.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { untyped } from "../helpers/untyped.ts";
import { nextTurn } from "../helpers/waiting.ts";

const idle = { session: async (connection: WebSocketConnection) => void await connection.closed };

/** Tries it on a connection of each role, with the errors that its `onError` was told. */
async function onBoth(
  use: (connection: WebSocketConnection, told: string[]) => Promise<void> | void,
): Promise<void> {
  for (const role of ["client", "server"] as const) {
    const told: string[] = [];
    const onError = (error: unknown): void => void told.push(String(error));
    await use((await openPair({ [role]: { onError } }))[role], told);
  }
}

describe("a mistake that is not awaited", () => {
  itEnds("throws from send() at once when the value is no message", async () => {
    await onBoth((connection, told) => {
      for (const wrong of [undefined, null, 1, true, {}, [], new Date(), Symbol("s"), () => {}]) {
        assert.throws(() => void connection.send(untyped(wrong)), {
          name: "TypeError",
          message: /^send: message must be a string, bytes, a Blob/,
        });
      }
      assert.deepEqual(told, []);
    });
  });

  itEnds("throws from an assignment that would have no effect", async () => {
    await onBoth((connection) => {
      for (const name of ["onopen", "onmessage", "onclose", "onerror"]) {
        assert.throws(() => void Object.assign(connection, { [name]: () => {} }), {
          name: "TypeError",
          message: `${name}: a connection has none; read(), closed, or a handler tell the same`,
        });
      }
    });
  });

  const OPTIONS = [
    [{ final: 1 }, /^final: must be a boolean, not 1$/],
    [{ compress: "no" }, /^compress: must be a boolean, not "no"$/],
    [{ signal: {} }, /^signal: must be an AbortSignal/],
    [{ finale: true }, /^send: unknown option "finale"; did you mean "final"\?$/],
    [5, /^send: options must be an object, not 5$/],
  ] as const;
  for (const [options, message] of OPTIONS) {
    itEnds(`throws from send() at once for ${message}`, async () => {
      const { client: connection } = await openPair();
      assert.throws(() => void connection.send("a", untyped(options)), {
        name: "TypeError",
        message,
      });
    });
  }

  itEnds("rejects a read that names an option which is unknown or wrong", async () => {
    const { client } = await openPair();
    for (const read of ["read", "readText", "readBinary", "readFragment", "readStream"] as const) {
      await assert.rejects(client[read](untyped({ timeout: 5 })), /unknown option "timeout"/);
      await assert.rejects(client[read](untyped({ signal: 5 })), /^TypeError: signal: must be/);
      await assert.rejects(client[read](untyped({ timeoutMs: "5" })), /timeoutMs/);
      await assert.rejects(client[read](untyped(5)), /options must be an object/);
    }
    for (const wrong of [NaN, -1, "5", null]) {
      assert.throws(
        () => void (client.readTimeoutMs = untyped(wrong)),
        /^RangeError: readTimeoutMs/,
      );
    }
  });

  itEnds("reaches onError when a fragment has another type than its message", async () => {
    await onBoth(async (connection, told) => {
      void connection.send("a", { final: false });
      void connection.send(new Uint8Array(1));
      await nextTurn();
      assert.match(told.join(), /^TypeError: send: the message begun with final: false is text/);
      assert.equal(connection.readyState, 1);
    });
  });

  itEnds("reaches onError when a part of an iterable is no message", async () => {
    await onBoth(async (connection, told) => {
      void connection.send((async function* () {
        yield untyped<string>(5);
      })());
      await nextTurn();
      assert.match(told.join(), /^TypeError: send: a part must be a string or bytes, not number$/);
    });
  });

  itEnds("reaches onError when an iterable throws, whose message cannot be finished", async () => {
    await onBoth(async (connection, told) => {
      void connection.send((async function* () {
        yield "begun";
        throw new Error("mine");
      })());
      await nextTurn();
      assert.deepEqual(told, ["Error: mine"]);
      assert.equal(connection.readyState, 2);
      connection.abort();
    });
  });

  itEnds(
    "a mistake that is not awaited is no abort of the caller's own signal, and no end of the connection",
    async () => {
      await onBoth(async (connection, told) => {
        const stop = new AbortController();
        const never = new ReadableStream<string>({});
        void connection.send(never, { signal: stop.signal });
        stop.abort(new Error("enough"));
        await nextTurn();
        connection.abort();
        await connection.closed;
        void connection.send("late", { compress: false });
        await nextTurn();
        assert.deepEqual(told, []);
      });
    },
  );

  itEnds("reaches onError once when a burst passes maxBufferedBytes, awaited or not", async () => {
    for (const isAwaited of [false, true]) {
      const told: unknown[] = [];
      const handler: WebSocketHandler = {
        async session(connection) {
          await connection.read();
          const sends = Array.from({ length: 200 }, () => connection.send(new Uint8Array(65_536)));
          if (isAwaited) await Promise.all(sends);
          await connection.closed;
        },
      };
      const server = { onError: (error: unknown) => void told.push(error) };
      const { peer, connection } = await openToServer(handler, { server });
      peer.send('1 000 0001 m 0000010 "go"');
      peer.transport.pause();
      assert.equal(causeCode(await connection.closed), "ERR_SEND_LIMIT");
      await settle();
      assert.deepEqual(told.map((error) => Reflect.get(Object(error), "code")), ["ERR_SEND_LIMIT"]);
    }
  });

  itEnds(
    "a mistake that is not awaited in close(): a reason that is too long is cut between characters, and told",
    async () => {
      await onBoth(async (connection, told) => {
        void connection.close(1011, "€".repeat(42));
        const { code, reason } = await connection.closed;
        assert.deepEqual([code, reason], [1011, "€".repeat(41)]);
        assert.match(told.join(), /^RangeError: close: the reason was cut: .* 123 bytes of UTF-8$/);
      });
    },
  );

  itEnds(
    "a mistake that is not awaited in close(): a reason that is no string closes without one, and is told",
    async () => {
      await onBoth(async (connection, told) => {
        void connection.close(4000, untyped(new Error("mine")));
        assert.equal((await connection.closed).code, 4000);
        assert.match(told.join(), /^RangeError: close: the reason .* must be a string/);
      });
    },
  );

  itEnds(
    "a mistake that is not awaited in close(): a code that may not be sent is told, and the process goes on",
    async () => {
      await onBoth(async (connection, told) => {
        void connection.close(1006);
        await nextTurn(); // when unhandled rejections are told
        assert.match(told.join(), /^RangeError: close: code 1006 may not be sent/);
        assert.equal(connection.readyState, 1);
      });
    },
  );

  itEnds("a mistake that is not awaited in ping() and pong() is told", async () => {
    await onBoth(async (connection, told) => {
      void connection.ping("x".repeat(126));
      void connection.pong(untyped(5));
      await nextTurn();
      assert.match(
        told.sort().join("\n"),
        /^RangeError: ping.*\nTypeError: pong: payload must be/s,
      );
    });
  });
});

describe("a handler that returns a message", () => {
  const HANDLERS: Readonly<Record<string, WebSocketHandler>> = {
    "a string from message": { message: (_, message) => message },
    "bytes from message": { message: () => new Uint8Array(3) },
    "a promise of a string from message": { message: (_, message) => Promise.resolve(message) },
    "a string from open": { open: () => "welcome", message() {} },
    "a promise of a string from open": { open: async () => await "welcome", message() {} },
    "a string from session": { session: async () => await "welcome" },
    "bytes from session": { session: () => new ArrayBuffer(3) },
  };
  for (const [what, handler] of Object.entries(HANDLERS)) {
    itEnds(`(${what}) is closed with 1011, and onError names connection.send()`, async () => {
      const told: unknown[] = [];
      const server = new RawServer(() => handler, {
        server: { onError: (error) => void told.push(error) },
      });
      const peer = await server.ask(upgradeRequest());
      peer.send('1 000 0001 m 0000010 "hi"');
      assert.deepEqual(await peer.frames(), ["close 1011"]);
      assert.equal(told.length, 1);
      assert.match(String(told[0]), /^TypeError: handler: returned .* call connection\.send\(\)$/);
    });
  }

  itEnds("a handler that returns a message is none when it returns anything else", async () => {
    for (const result of [1, true, null, {}, [], new Set(), new Map(), Symbol("s"), () => {}]) {
      const { peer } = await openToServer({
        open: () => result,
        message: (connection, message) => {
          void connection.send(message);
          return result;
        },
      });
      peer.send('1 000 0001 m 0000010 "hi"');
      assert.deepEqual(await peer.frames(), ['text "hi"']);
    }
  });
});

describe("a message over maxMessageBytes", () => {
  itEnds("a message over maxMessageBytes is told with its size and the limit", async () => {
    for (
      const [drawing, size] of [
        ["1 000 0010 m 1111110 +0400 *1024", 1024],
        ["0 000 0001 m 1111110 +0384 *900 | 1 000 0000 m 1111110 +0384 *900", 1800],
      ] as const
    ) {
      const { peer, connection } = await openToServer(idle, { server: { maxMessageBytes: 1_000 } });
      const reading = connection.read();
      peer.send(drawing);
      const { code, cause } = await connection.closed;
      assert.equal(code, 1009);
      const message = `the peer sent a message of at least ${size} bytes, maxMessageBytes is 1000`;
      assert.equal(cause instanceof Error && cause.message, message);
      await reading;
    }
  });
});

describe("reads and sends of a connection that has a mistake behind it", () => {
  itEnds("go on", async () => {
    const { client, server } = await openPair({ client: { onError() {} } });
    assert.throws(() => void client.send(untyped({})));
    void client.close(1006);
    await client.send("after");
    assert.equal(await server.read(), "after");
    assert.equal(await isSettled(client.closed), false);
    client.abort();
    await rejectsWith(client.send("late"), "ERR_CLOSED");
  });
});
