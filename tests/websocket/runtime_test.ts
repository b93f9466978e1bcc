/**
 * The classes of `./websocket` on the sockets of the runtime, before a server of ours.
 *
 * @module
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { serve, type WebSocketHandler, type WebSocketServer } from "../../mod.ts";
import { startArguments } from "../../scripts/lib/runtimes.ts";
import { WebSocket, websocketClass, WebSocketStream } from "../../src/websocket/mod.ts";
import { findOwnRuntime } from "../helpers/example_process.ts";
import { ca, cert, key } from "../helpers/tls/fixtures.ts";
import { recordEvents } from "../helpers/raw_sockets.ts";

function portOf({ address }: WebSocketServer): number {
  return address.transport === "tcp" ? address.port : assert.fail("not on a port");
}

/** The next event of a type. */
function next<K extends "open" | "message" | "error" | "close">(socket: WebSocket, type: K) {
  return new Promise<Parameters<NonNullable<WebSocket[`on${K}`]>>[0]>((resolve) =>
    socket.addEventListener(type, resolve as (event: Event) => void, { once: true })
  );
}

const ECHO: WebSocketHandler = { message: (connection, message) => connection.send(message) };

describe("WebSocket on this runtime", { timeout: 60_000 }, () => {
  const servers: WebSocketServer[] = [];
  let url: string;
  /** Starts a server that is closed in the end. */
  const start = async (...args: Parameters<typeof serve>): Promise<WebSocketServer> => {
    const server = await serve(...args);
    servers.push(server);
    return server;
  };
  before(async () => {
    url = `ws://127.0.0.1:${portOf(await start({ hostname: "127.0.0.1", port: 0 }, ECHO))}/`;
  });
  after(async () => {
    for (const server of servers) await server.close({ timeoutMs: 0 });
  });

  it("echoes text, bytes and Blobs, and closes without a code", async () => {
    const socket = new WebSocket(url), events = recordEvents(socket);
    await next(socket, "open");
    socket.binaryType = "arraybuffer";
    socket.send("hällo");
    socket.send(Uint8Array.of(1, 2));
    socket.send(new Blob(["blob"]));
    socket.send("last");
    assert.equal(socket.bufferedAmount, 16);
    for (
      const expected of ["hällo", Uint8Array.of(1, 2), new TextEncoder().encode("blob"), "last"]
    ) {
      const { data } = await next(socket, "message");
      assert.deepEqual(data instanceof ArrayBuffer ? new Uint8Array(data) : data, expected);
    }
    assert.equal(socket.bufferedAmount, 0);
    socket.close();
    await next(socket, "close");
    assert.equal(events.at(-1), 'close 1005 "" clean');
  });

  it("gives each event a task of its own, the first of a chunk too, and of many sockets", async () => {
    const server = await start({ hostname: "127.0.0.1", port: 0 }, {
      async message(connection) {
        for (const text of ["a", "b", "c"]) await connection.send(text); // one chunk
      },
    });
    const order: string[] = [];
    const sockets = Array.from({ length: 8 }, (_, i) => {
      const socket = new WebSocket(`ws://127.0.0.1:${portOf(server)}/`);
      let count = 0;
      const done = new Promise<void>((resolve) => {
        socket.onmessage = async ({ data }) => {
          order.push(`${i}${data}`);
          for (let turn = 0; turn < 20; turn++) await null;
          order.push(`${i}${data}`);
          if (++count === 3) resolve();
        };
      });
      return { socket, done };
    });
    await Promise.all(sockets.map(({ socket }) => next(socket, "open")));
    for (const { socket } of sockets) socket.send("go");
    await Promise.all(sockets.map(({ done }) => done));
    for (let i = 0; i < order.length; i += 2) assert.equal(order[i], order[i + 1], order.join());
    for (const { socket } of sockets) socket.close();
  });

  it("gives Buffers for the binaryType nodebuffer", async () => {
    const { Buffer } = await import("node:buffer");
    const socket = new WebSocket(url);
    socket.binaryType = "nodebuffer";
    await next(socket, "open");
    socket.send(Uint8Array.of(1, 255));
    const { data } = await next(socket, "message");
    assert.ok(Buffer.isBuffer(data));
    assert.equal(data.toString("hex"), "01ff");
    socket.close();
    await next(socket, "close");
  });

  it("takes TLS, header fields and compression as options of its class", async () => {
    const seen: (string | null)[] = [];
    const server = await start({
      hostname: "127.0.0.1",
      port: 0,
      tls: { cert, key },
      compression: true,
    }, {
      ...ECHO,
      open: (_connection, request) => {
        seen.push(request.headers.get("authorization"));
      },
    });
    const Own = websocketClass({
      tls: { ca },
      headers: { Authorization: "Bearer 1234" },
      compression: true,
    });
    const socket = new Own(`wss://127.0.0.1:${portOf(server)}/`);
    await next(socket, "open");
    assert.match(socket.extensions, /^permessage-deflate/);
    assert.equal(socket.connection!.extensions, socket.extensions);
    socket.send("compress me ".repeat(1_000));
    assert.equal(socket.bufferedAmount, 12_000);
    const { data } = await next(socket, "message");
    assert.equal(data.length, 12_000);
    assert.equal(socket.bufferedAmount, 0);
    assert.deepEqual(seen, ["Bearer 1234"]);
    socket.close(1000);
    await next(socket, "close");
  });

  it("has the connection for what the standard has no word for", async () => {
    const socket = new WebSocket(url, [], { maxMessageBytes: 10 });
    await next(socket, "open");
    assert.ok(await socket.connection!.ping() >= 0);
    socket.send("more than ten bytes");
    await next(socket, "close");
    const { code, initiator } = await socket.connection!.closed;
    assert.deepEqual([code, initiator], [1009, "local"]);
  });

  it("fires error and close when nobody listens", async () => {
    const server = await serve({ hostname: "127.0.0.1", port: 0 }, ECHO), port = portOf(server);
    await server.close();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`), events = recordEvents(socket);
    const error = next(socket, "error");
    await next(socket, "close");
    assert.deepEqual(events, ["error", 'close 1006 "" unclean']);
    assert.match((await error).message, new RegExp(`${port}`));
  });

  it("keeps in bufferedAmount what was not sent when it is terminated", async () => {
    const server = await start({ hostname: "127.0.0.1", port: 0 }, {
      session: (connection) => connection.closed.then(() => {}), // reads nothing
    });
    const socket = new WebSocket(`ws://127.0.0.1:${portOf(server)}/`);
    await next(socket, "open");
    for (let i = 0; i < 32; i++) socket.send(new Uint8Array(1024 * 1024));
    assert.equal(socket.bufferedAmount, 32 * 1024 * 1024);
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    const unsent = socket.bufferedAmount;
    assert.ok(unsent > 1024 * 1024, `${unsent}`);
    socket.terminate();
    await next(socket, "close");
    assert.ok(socket.bufferedAmount > 0 && socket.bufferedAmount <= unsent);
  });

  it("leaves the global class and its name alone", () => {
    assert.notEqual(WebSocket, globalThis.WebSocket);
  });

  it("ends with its program, and reports what a listener throws", async () => {
    const { kind, path } = findOwnRuntime();
    const program = fileURLToPath(new URL("throwing_listener.ts", import.meta.url));
    const ended = await new Promise<{ code: unknown; output: string }>((resolve) =>
      execFile(
        path,
        [...startArguments(kind), program, url],
        (error, output, errors) => resolve({ code: error?.code ?? 0, output: output + errors }),
      )
    );
    assert.match(ended.output, /closed 1005/, ended.output);
    assert.match(ended.output, /reported own error/);
    assert.equal(ended.code, 0);
  });
});

describe("WebSocketStream on this runtime", { timeout: 60_000 }, () => {
  it("echoes, holds the server back, and closes", async () => {
    let sent = 0;
    const server = await serve({ hostname: "127.0.0.1", port: 0 }, {
      async session(connection) {
        assert.equal(await connection.readText(), "start");
        for (; sent < 64; sent++) await connection.send(new Uint8Array(512 * 1024));
      },
    });
    const stream = new WebSocketStream(`ws://127.0.0.1:${portOf(server)}/`);
    const { readable, writable } = await stream.opened;
    await writable.getWriter().write("start");
    const reader = readable.getReader();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(sent < 60, `${sent} messages of 512 KiB were sent, and one was read`);
    for (let read = 1; read < 64; read++) assert.equal((await reader.read()).done, false);
    assert.equal((await reader.read()).done, true);
    assert.deepEqual(await stream.closed, { closeCode: 1000, reason: "" });
    await server.close();
  });
});
