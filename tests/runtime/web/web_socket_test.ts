/** Connections over the platform's own `WebSocket`: what they keep, and what they refuse. @module */
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { serve, type WebSocketServer } from "../../../mod.ts";
import type { SendingConnection, WebSocketHandler } from "../../../src/handler.ts";
import type { ConnectOptions } from "../../../src/client/client.ts";
import { connect, wrapWebSocket } from "../../../src/runtime/web/mod.ts";
import { causeCode, idle, itEnds, rejectsNamed, rejectsWith } from "../../helpers/connections.ts";
import { fillPattern } from "../../helpers/byte_pattern.ts";
import { untyped } from "../../helpers/untyped.ts";
import { comesToRest, eventually, nextTurn, staysPending } from "../../helpers/waiting.ts";

const echo: WebSocketHandler = {
  message: (connection, message) => connection.send(message),
};

describe("connect of ./web", () => {
  let server: WebSocketServer;
  let url: string;
  let newest: SendingConnection; // the server's end
  let choose: (path: string) => WebSocketHandler | Response;

  before(async () => {
    server = await serve({ allowedOrigins: "any", maxMessageBytes: 1 << 24 }, (request) => {
      const handler = choose(new URL(request.url).pathname);
      if (handler instanceof Response) return handler;
      return {
        ...handler,
        open(connection, request) {
          newest = connection;
          return handler.open?.(connection, request);
        },
      };
    });
    assert.ok(server.address.transport === "tcp");
    url = `ws://127.0.0.1:${server.address.port}`;
  });

  after(() => server.close());

  const dial = (handler: WebSocketHandler | Response, options: ConnectOptions = {}) => {
    choose = () => handler;
    return connect(url, options);
  };

  itEnds("echoes text and binary, small and large, in order", async () => {
    const connection = await dial(echo);
    const large = new Uint8Array(900_000);
    fillPattern(large, 0, large.length, 0);
    const messages = ["", "hello", "żółć 🙂", new Uint8Array(0), new Uint8Array([1, 2, 3]), large];
    for (const message of messages) await connection.send(message);
    for (const message of messages) assert.deepEqual(await connection.read(), message);
    await connection.close();
  });

  itEnds("copies the bytes within send()", async () => {
    const connection = await dial(echo);
    const bytes = new Uint8Array(200_000).fill(1);
    for (let turn = 1; turn <= 5; turn++) {
      bytes.fill(turn);
      connection.send(bytes);
    }
    bytes.fill(0);
    for (let turn = 1; turn <= 5; turn++) {
      assert.deepEqual(await connection.readBinary(), new Uint8Array(200_000).fill(turn));
    }
    await connection.close();
  });

  itEnds("has its subprotocol, its request and its state", async () => {
    const connection = await dial({ ...echo, protocol: "b" }, { protocols: ["a", "b"] });
    assert.equal(connection.protocol, "b");
    assert.equal(connection.request.url, url.replace("ws", "http") + "/");
    assert.equal(connection.remoteAddress, null);
    assert.equal(connection.readyState, WebSocket.OPEN);
    await connection.close();
  });

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

  itEnds("gives the side that closed, the code and the reason", async () => {
    const local = await dial(idle());
    const ours = await local.close(3456, "enough");
    const { code, reason, wasClean, initiator } = ours;
    assert.deepEqual([code, reason, wasClean, initiator], [3456, "enough", true, "local"]);
    assert.equal((await newest.closed).code, 3456);
    await rejectsWith(local.send("late"), "ERR_CLOSED");

    const remote = await dial(idle());
    newest.close(1012, "restart");
    const theirs = await remote.closed;
    assert.deepEqual(
      [theirs.code, theirs.reason, theirs.wasClean, theirs.initiator],
      [1012, "restart", true, "remote"],
    );
    assert.equal(await remote.read(), null);
  });

  itEnds("closes with 1006 when the transport is lost", async () => {
    const connection = await dial(idle());
    newest.abort();
    const closing = await connection.closed;
    assert.deepEqual([closing.code, closing.initiator], [1006, "transport"]);
    assert.equal(causeCode(closing), "ERR_TRANSPORT");
  });

  itEnds("aborts at once", async () => {
    const connection = await dial(idle());
    const cause = new Error("why");
    connection.abort(cause);
    const closing = await connection.closed;
    assert.deepEqual([closing.code, closing.initiator], [1006, "local"]);
    assert.equal(causeCode(closing), "ERR_ABORTED");
    assert.equal((await newest.closed).code, "Bun" in globalThis ? 1006 : 4006);
  });

  itEnds("closes with 1011 if the handler throws, and sends 4011", async () => {
    const errors: unknown[] = [];
    const failure = new Error("of the handler");
    const connection = await dial({ open: (connection) => connection.send("go") }, {
      handler: {
        message() {
          throw failure;
        },
      },
      onError: (error) => errors.push(error),
    });
    const closing = await connection.closed;
    assert.deepEqual([closing.code, closing.initiator, closing.cause], [1011, "local", failure]);
    assert.deepEqual(errors, [failure]);
    assert.equal((await newest.closed).code, 4011);
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
            untyped<typeof newest & { read(): Promise<unknown> }>(connection).read(),
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

  itEnds("fails with 1009 for a message over the limit", async () => {
    for (const message of [new Uint8Array(101), "é".repeat(51)]) {
      const connection = await dial({ open: (connection) => connection.send(message) }, {
        maxMessageBytes: 100,
      });
      const closing = await connection.closed;
      assert.deepEqual([closing.code, closing.initiator], [1009, "local"]);
      assert.equal(causeCode(closing), "ERR_MESSAGE_TOO_BIG");
      assert.equal((await newest.closed).code, 4009);
    }
    const fits = await dial({ open: (connection) => connection.send("é".repeat(50)) }, {
      maxMessageBytes: 100,
    });
    assert.equal(await fits.readText(), "é".repeat(50));
    await fits.close();
  });

  itEnds("fails with 1008 when unread messages exceed maxBufferedBytes", async () => {
    const connection = await dial({
      async session(connection) {
        for (;;) await connection.send(new Uint8Array(60_000));
      },
    }, { maxBufferedBytes: 500_000 });
    const closing = await connection.closed;
    assert.deepEqual([closing.code, closing.initiator], [1008, "local"]);
    assert.equal(causeCode(closing), "ERR_RECEIVE_LIMIT");
    assert.equal((await newest.closed).code, 4008);
  });

  itEnds("delivers every message that came before the end", async () => {
    const connection = await dial({
      async session(connection) {
        for (let index = 0; index < 20; index++) await connection.send(`${index}`.repeat(50_000));
      },
    });
    await connection.closed;
    for (let index = 0; index < 20; index++) {
      assert.equal(await connection.readText(), `${index}`.repeat(50_000));
    }
    assert.equal(await connection.read(), null);
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

  itEnds("makes senders wait for a peer that does not read", async () => {
    let release = () => {};
    const connection = await dial({
      async session(connection) {
        await new Promise<void>((resolve) => release = resolve);
        for await (const _ of connection) { /* reads on */ }
      },
    }, { maxBufferedBytes: 1 << 26 });
    const part = new Uint8Array(1 << 20);
    let waiting = connection.send(part);
    let sent = 1;
    for (; sent < 60 && !await staysPending(waiting, 300); sent++) waiting = connection.send(part);
    assert.ok(sent < 60, "never had to wait");
    assert.ok(connection.bufferedAmount > 0);
    release();
    await waiting;
    await connection.close();
  });

  itEnds("rejects with ERR_NOT_SUPPORTED what a native WebSocket cannot do", async () => {
    const connection = await dial(idle());
    const parts = new ReadableStream<string>({
      start(controller) {
        controller.enqueue("part");
        controller.close();
      },
    });
    const calls: (() => Promise<unknown>)[] = [
      () => connection.ping(),
      () => connection.pong("x"),
      () => connection.send("part", { final: false }),
      () => connection.send(parts),
      () => connection.readFragment(),
      () => connection.readStream(),
      () => connection.close(1001),
    ];
    for (const call of calls) await rejectsWith(call(), "ERR_NOT_SUPPORTED");
    assert.equal(connection.readyState, WebSocket.OPEN);
    if (connection.extensions === "") await connection.send("plain", { compress: false });
    await connection.close();
  });

  itEnds("rejects options about which a browser decides itself", async () => {
    for (
      const options of [
        { headers: { cookie: "a=b" } },
        { tls: {} },
        { path: "/tmp/x.sock" },
        { compression: true },
        { maxHeadBytes: 1000 },
        { maxHeaderFields: 10 },
        { pingIntervalMs: 1000 },
        { pongTimeoutMs: 1000 },
      ]
    ) await rejectsWith(dial(idle(), options), "ERR_NOT_SUPPORTED");
  });

  itEnds("rejects with ERR_CONNECT when the connection fails", async () => {
    const error = await rejectsWith(
      dial(new Response("no", { status: 403 })),
      "ERR_CONNECT",
    );
    assert.ok(error.cause instanceof Error);
    await rejectsNamed(connect("ftp://127.0.0.1/"), "SyntaxError");
    await rejectsNamed(dial(idle(), { protocols: ["a", "a"] }), "SyntaxError");
    await assert.rejects(dial(idle(), { maxMessageBytes: 0 }), RangeError);
    await assert.rejects(
      dial(idle(), { handler: untyped({ session() {}, message() {} }) }),
      TypeError,
    );
  });

  itEnds("rejects when its signal is aborted, and after handshakeTimeoutMs", async () => {
    let answer = (_: WebSocketHandler) => {};
    const slow = await serve(
      { allowedOrigins: "any" },
      () => new Promise((resolve) => answer = resolve),
    );
    assert.ok(slow.address.transport === "tcp");
    const slowUrl = `ws://127.0.0.1:${slow.address.port}`;
    await rejectsNamed(connect(slowUrl, { signal: AbortSignal.timeout(20) }), "TimeoutError");
    await rejectsNamed(connect(slowUrl, { signal: AbortSignal.abort() }), "AbortError");
    await rejectsWith(connect(slowUrl, { handshakeTimeoutMs: 20 }), "ERR_HANDSHAKE_TIMEOUT");
    answer(idle());
    await slow.close({ timeoutMs: 0 });
  });
});

describe("wrapWebSocket", () => {
  itEnds("accepts an open socket, and has the request of the options", async () => {
    const server = await serve({ allowedOrigins: "any" }, echo);
    assert.ok(server.address.transport === "tcp");
    const socket = new WebSocket(`ws://127.0.0.1:${server.address.port}/`);
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    const request = new Request("http://example.com/room");
    const connection = await wrapWebSocket(socket, { request });
    assert.equal(connection.request, request);
    await connection.send("hello");
    assert.equal(await connection.readText(), "hello");
    await connection.close();
    await server.close();
  });

  itEnds("closes a socket that does not open in time", async () => {
    const server = await serve({ allowedOrigins: "any" }, () => new Promise(() => {}));
    assert.ok(server.address.transport === "tcp");
    for (const isEarly of [true, false]) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.address.port}/`);
      const signal = isEarly ? AbortSignal.abort() : AbortSignal.timeout(20);
      await assert.rejects(wrapWebSocket(socket, { signal }), (error) => error === signal.reason);
      assert.ok(socket.readyState >= WebSocket.CLOSING);
    }
    await server.close({ timeoutMs: 0 });
  });

  itEnds("rejects a socket that is closed", async () => {
    const server = await serve({ allowedOrigins: "any" }, { session() {} });
    assert.ok(server.address.transport === "tcp");
    const socket = new WebSocket(`ws://127.0.0.1:${server.address.port}/`);
    await new Promise((resolve) => socket.addEventListener("close", resolve));
    await rejectsWith(wrapWebSocket(socket), "ERR_CLOSED");
    await server.close();
  });
});
