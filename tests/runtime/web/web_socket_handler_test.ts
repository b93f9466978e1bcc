/**
 * Handlers on connections over the platform's own `WebSocket`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { SendingConnection } from "../../../src/handler.ts";
import { itEnds, rejectsWith } from "../../helpers/connections.ts";
import { untyped } from "../../helpers/untyped.ts";
import { comesToRest, eventually, nextTurn } from "../../helpers/waiting.ts";
import { echo, startDialing } from "./dialing.ts";

describe("a handler of connect of ./web", () => {
  const server = startDialing(), { dial } = server;

  itEnds("runs a handler, whose promises are awaited in order", async () => {
    const seen: unknown[] = [];
    let isBusy = false;
    const connection = await dial({
      open: async (connection) => {
        for (const text of ["1", "2", "3"]) await connection.send(text);
        await connection.close(3001, "done");
      },
    }, {
      handler: {
        async open() {
          await Promise.resolve();
          seen.push("open");
        },
        async message(_connection, message) {
          assert.equal(isBusy, false);
          isBusy = true;
          await nextTurn();
          isBusy = false;
          seen.push(message);
        },
        close(_connection, { code, reason, initiator, wasClean }) {
          seen.push([code, reason, initiator, wasClean]);
        },
      },
    });
    await connection.closed;
    await eventually("five events", () => seen.length === 5);
    assert.deepEqual(seen, ["open", "1", "2", "3", [3001, "done", "remote", true]]);
  });

  itEnds("gives a message to its handler in the event that brings it", async () => {
    const Platform = globalThis.WebSocket;
    let socket: WebSocket | undefined;
    const seen: unknown[] = [];
    globalThis.WebSocket = new Proxy(Platform, {
      construct: (target, list) => socket = Reflect.construct(target, list) as WebSocket,
    });
    try {
      const connection = await dial(echo, { handler: { message: (_, text) => seen.push(text) } });
      socket?.addEventListener("message", () => seen.push("event over"));
      for (const text of ["1", "2"]) {
        await connection.send(text);
        await eventually("both", () => seen.length % 2 === 0 && seen.includes(text));
      }
      assert.deepEqual(seen, ["1", "event over", "2", "event over"]);
      await connection.close();
    } finally {
      globalThis.WebSocket = Platform;
    }
  });

  itEnds("gives a handler with session() a connection to read, and closes behind it", async () => {
    const seen: unknown[] = [];
    const connection = await dial(echo, {
      handler: {
        open: (connection) => connection.send("first"),
        async session(connection) {
          seen.push(await connection.readText());
        },
        close: (_connection, { code, initiator }) => void seen.push([code, initiator]),
      },
    });
    await connection.closed;
    await eventually("two events", () => seen.length === 2);
    assert.deepEqual(seen, ["first", [1000, "local"]]);
  });

  itEnds("has as many messages at work as concurrency says, and no more", async () => {
    const gate = Promise.withResolvers<void>(), seen: unknown[] = [];
    const connection = await dial({
      open: async (connection) => {
        for (const text of ["1", "2", "3"]) await connection.send(text);
      },
    }, {
      handler: {
        concurrency: 2,
        async message(connection, message) {
          seen.push(message);
          await gate.promise;
          if (message === "3") connection.close(3001);
        },
      },
    });
    await eventually("two messages", () => seen.length >= 2);
    assert.equal(await comesToRest(() => seen.length), 2);
    gate.resolve();
    await connection.closed;
    assert.deepEqual(seen, ["1", "2", "3"]);
  });

  itEnds("lets a fed handler not read, and ends with 1011 when its open() fails", async () => {
    const failure = new Error("of open"), errors: unknown[] = [], seen: unknown[] = [];
    const connection = await dial({ open: (connection) => connection.send("unseen") }, {
      handler: {
        async open(connection) {
          await rejectsWith(
            untyped<SendingConnection & { read(): Promise<unknown> }>(connection).read(),
            "ERR_READ_CONFLICT",
          );
          throw failure;
        },
        message: (_connection, message) => void seen.push(message),
        close: (_connection, { code }) => void seen.push(code),
      },
      onError: (error) => errors.push(error),
    });
    assert.equal((await connection.closed).code, 1011);
    await eventually("the end", () => seen.length > 0);
    assert.deepEqual([seen, errors], [[1011], [failure]]);
  });

  itEnds("tells a handler that returns a message, and one whose close() fails", async () => {
    const failure = new Error("of close"), errors: Error[] = [];
    const connection = await dial({ open: (connection) => connection.send("go") }, {
      handler: {
        message: () => "not sent",
        close() {
          throw failure;
        },
      },
      onError: (error) => void errors.push(error as Error),
    });
    await connection.closed;
    await eventually("two errors", () => errors.length === 2);
    assert.match(errors[0]!.message, /returned a message, which is not sent/);
    assert.equal(errors[1], failure);
  });

  itEnds("gives a slow handler every message before the end, then calls close", async () => {
    const text = "x".repeat(50_000), seen: unknown[] = [];
    const ended = Promise.withResolvers<void>(), gate = Promise.withResolvers<void>();
    const connection = await dial({
      async session(connection) {
        for (let index = 0; index < 20; index++) await connection.send(text);
      },
    }, {
      handler: {
        async message(_connection, message) {
          await gate.promise;
          seen.push(message);
        },
        close() {
          seen.push("close");
          ended.resolve();
        },
      },
    });
    await connection.closed;
    gate.resolve();
    await ended.promise;
    assert.deepEqual(seen, [...new Array(20).fill(text), "close"]);
  });

  itEnds("delivers no message after its own Close", async () => {
    const text = "x".repeat(50_000), gate = Promise.withResolvers<void>();
    let messages = 0;
    const connection = await dial({
      async session(connection) {
        for (let index = 0; index < 20; index++) await connection.send(text);
        gate.resolve();
        for (let index = 0; index < 20 && connection.readyState === WebSocket.OPEN; index++) {
          await connection.send(text);
          await nextTurn();
        }
      },
    }, {
      handler: {
        async message(connection) {
          messages++;
          await gate.promise;
          for (let turns = 0; turns < 5; turns++) await nextTurn(); // more messages arrive
          connection.close();
        },
      },
    });
    await connection.closed;
    assert.equal(await comesToRest(() => messages), 1);
  });
});
