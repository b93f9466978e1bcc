/** Mounts beside other listeners of one server's `upgrade` event. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect as connectTcp, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { describe, it } from "node:test";
import { connect, routes, WebSocketError } from "../../../mod.ts";
import { mount } from "../../../src/runtime/node/mount.ts";
import { using } from "../../helpers/using.ts";

const ECHO = mount({}, routes({ "/echo": { message: (c, message) => c.send(message) } }));
const SHOUT = mount({ match: "/shout" }, {
  message: (connection, message) => connection.send(String(message).toUpperCase()),
});
/** A library of somebody else's: takes `/foreign`, and writes bytes that are no answer of ours. */
function foreign({ url }: IncomingMessage, socket: Duplex): void {
  if (url === "/foreign") socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\nforeign");
}

type Listener = (request: IncomingMessage, socket: Duplex, head: Uint8Array) => unknown;

async function listen(...listeners: readonly Listener[]): Promise<Served> {
  const server = createServer();
  for (const listener of listeners) server.on("upgrade", listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return new Served(server);
}

class Served implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly port: number;

  constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Sends an upgrade request and gives all bytes until the server ends or `until` has come. */
  async ask(path: string, until: string): Promise<string> {
    const socket = this.open(path);
    let text = "";
    for await (const chunk of socket) {
      text += new TextDecoder().decode(chunk);
      if (text.includes(until)) break;
    }
    return text;
  }

  open(path: string): Socket {
    const socket = connectTcp(this.port, "127.0.0.1");
    this.#sockets.push(socket);
    socket.on("error", () => {});
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    return socket;
  }

  async answer(path: string): Promise<string | null> {
    const connection = await connect(`ws://127.0.0.1:${this.port}${path}`);
    await connection.send("a");
    const answer = await connection.readText();
    await connection.close();
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await Promise.resolve();
  }
}

describe("mounts beside other listeners", { timeout: 60_000 }, () => {
  for (
    const [order, listeners] of [
      ["first", [ECHO.upgrade, SHOUT.upgrade, foreign]],
      ["last", [foreign, SHOUT.upgrade, ECHO.upgrade]],
    ] as const
  ) {
    it(`take their own paths only, being ${order}`, async () => {
      await using(await listen(...listeners), async (served) => {
        assert.equal(await served.answer("/echo"), "a");
        assert.equal(await served.answer("/shout"), "A");
        const bytes = await served.ask("/foreign", "foreign");
        assert.equal(bytes, "HTTP/1.1 101 Switching Protocols\r\n\r\nforeign");
      });
    });

    it(`answer a path that nobody takes with one 404, being ${order}`, async () => {
      await using(await listen(...listeners), async (served) => {
        const text = await served.ask("/nobody", "never");
        assert.match(text, /^HTTP\/1\.1 404 /);
        assert.equal(text.split("HTTP/1.1").length, 2);
      });
    });
  }

  it("leave a socket to a listener that calls them in turn", async () => {
    const inTurn: Listener = async (request, socket, head) => {
      const isTaken = await ECHO.upgrade(request, socket, head);
      if (!isTaken) assert.equal(await SHOUT.upgrade(request, socket, head), true);
    };
    await using(await listen(inTurn), async (served) => {
      assert.equal(await served.answer("/echo"), "a");
      assert.equal(await served.answer("/shout"), "A");
    });
  });

  it("wait for a producer of another mount that takes its time", async () => {
    const slow = mount({}, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      return { message: (connection, message) => connection.send(message) };
    });
    await using(await listen(ECHO.upgrade, slow.upgrade), async (served) => {
      assert.equal(await served.answer("/slow"), "a");
    });
  });

  it("leave alone a request for which the producer returns undefined", async () => {
    const picky = mount({}, (request) => request.url.endsWith("/mine") ? { open() {} } : undefined);
    await using(await listen(picky.upgrade, foreign), async (served) => {
      const bytes = await served.ask("/foreign", "foreign");
      assert.equal(bytes, "HTTP/1.1 101 Switching Protocols\r\n\r\nforeign");
      await assert.rejects(
        connect(`ws://127.0.0.1:${served.port}/other`),
        (error) => error instanceof WebSocketError && error.status === 404,
      );
    });
  });

  it("survive the reset of a socket that no listener has taken", async () => {
    await using(await listen(ECHO.upgrade, foreign), async (served) => {
      const socket = served.open("/nobody");
      await once(socket, "connect");
      socket.resetAndDestroy();
      assert.equal(await served.answer("/echo"), "a");
    });
  });
});

describe("mount.upgrade with a context", { timeout: 60_000 }, () => {
  it("hands it to the producer and to the connection, whatever the client's fields say", async () => {
    const seen: unknown[] = [];
    const mounted = mount<{ user: string }>({}, (_request, _protocols, opening) => {
      seen.push(opening.context.user, opening.remoteAddress?.transport);
      return { open: (connection) => connection.send(connection.context.user) };
    });
    const listener: Listener = (request, socket, head) =>
      mounted.upgrade(request, socket, head, { context: { user: "alice" } });
    await using(await listen(listener), async (served) => {
      const url = `ws://127.0.0.1:${served.port}/`;
      const connection = await connect(url, { headers: { "x-user": "forged" } });
      assert.equal(await connection.readText(), "alice");
      assert.deepEqual(seen, ["alice", "tcp"]);
      assert.equal(connection.context, undefined);
      await connection.close();
    });
  });
});
