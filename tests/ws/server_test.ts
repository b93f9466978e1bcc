/**
 * `WebSocketServer` as the documentation of `ws` has it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import * as face from "../../src/ws/mod.ts";
import Default, { WebSocket, WebSocketServer } from "../../src/ws/mod.ts";
import { bits, concat } from "../helpers/bits.ts";
import { upgradeRequest } from "../helpers/raw_peer.ts";
import { failureOf, nextClose, nextMessage, portOf, withServer } from "./helpers.ts";

describe("the default export", () => {
  it("is the class, and has everything else as properties, as that of ws", () => {
    assert.equal(Default, WebSocket);
    assert.equal(Default.Server, WebSocketServer);
    for (const name of ["WebSocket", "WebSocketServer", "createWebSocketStream"] as const) {
      assert.equal(Default[name], face[name]);
    }
    const server: face.WebSocketServer = new Default.Server({ noServer: true });
    server.on("connection", (socket: Default) => socket.close());
  });
});

describe("a server of ws", () => {
  it("gives each connection its socket and the request, and counts it", async () => {
    await withServer({}, async ({ server, open }) => {
      const { socket, request, client } = await open({ path: "/a?b=c", headers: { "x-d": "e" } });
      assert.equal(request.url, "/a?b=c");
      assert.equal(request.headers["x-d"], "e");
      assert.ok(socket instanceof WebSocket);
      assert.deepEqual([...server.clients!], [socket]);
      client.close();
      await nextClose(socket);
      assert.equal(server.clients!.size, 0);
    });
  });

  it("keeps no list of clients with clientTracking: false", async () => {
    await withServer({ clientTracking: false }, async ({ server, open }) => {
      await open();
      assert.equal(server.clients, undefined);
    });
  });

  it("makes sockets of the class it is given", async () => {
    class Named extends WebSocket {
      readonly given = "name";
    }
    await withServer({ WebSocket: Named }, async ({ open }) => {
      const { socket } = await open();
      assert.ok(socket instanceof Named);
      assert.equal(socket.given, "name");
    });
  });

  it("serves its path only; others get 400", async () => {
    await withServer({ path: "/here" }, async ({ open, url }) => {
      await open({ path: "/here?query" });
      const error = await failureOf(new WebSocket(`${url}/there`));
      assert.equal(error.message, "Unexpected server response: 400");
    });
  });

  it("delivers what came with the handshake, to listeners of the connection event", async () => {
    await withServer({}, async ({ server, openRaw }) => {
      const came = new Promise((resolve) => {
        server.on("connection", (socket) => socket.on("message", (data) => resolve(data)));
      });
      const request = new TextEncoder().encode(upgradeRequest());
      openRaw().socket.write(concat([request, bits('1 000 0001 m 0000101 "early"', "client")]));
      assert.equal(String(await came), "early");
    });
  });

  it("answers other requests with 426", async () => {
    await withServer({}, async ({ url }) => {
      const response = await fetch(url.replace("ws", "http"));
      assert.equal(response.status, 426);
      assert.equal(await response.text(), "Upgrade Required");
    });
  });
});

describe("handleProtocols", () => {
  it("handleProtocols is the first that was offered without it", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open({ protocols: ["a", "b"] });
      assert.deepEqual([client.protocol, socket.protocol], ["a", "a"]);
    });
  });

  it("chooses by the request, also when it is set later", async () => {
    await withServer({}, async ({ server, open }) => {
      server.options.handleProtocols = (offered, { url }) => [...offered][Number(url!.slice(1))]!;
      const { client, socket } = await open({ path: "/1", protocols: ["a", "b"] });
      assert.deepEqual([client.protocol, socket.protocol], ["b", "b"]);
    });
  });

  it("choosing none fails a client that wants one", async () => {
    await withServer({ handleProtocols: () => false }, async ({ url }) => {
      const error = await failureOf(new WebSocket(url, "a"));
      assert.match(error.message, /one of the subprotocols that were offered must be chosen/);
    });
  });
});

describe("verifyClient", () => {
  it("refuses with 401, and is told of origin, TLS and request", async () => {
    const asked: unknown[] = [];
    const verifyClient = (
      { origin, secure, req }: { origin?: string; secure: boolean; req: object },
    ) => {
      asked.push(origin, secure, req);
      return false;
    };
    await withServer({ verifyClient }, async ({ url }) => {
      const error = await failureOf(new WebSocket(url, { origin: "http://a.example" }));
      assert.equal(error.message, "Unexpected server response: 401");
      assert.deepEqual(asked.slice(0, 2), ["http://a.example", false]);
    });
  });

  it("verifyClient with a callback may take its time, and choose status, body and header fields", async () => {
    type Callback = (
      ok: boolean,
      code?: number,
      body?: string,
      headers?: { "x-why": string },
    ) => void;
    const verifyClient = ({ req }: { req: { url?: string } }, callback: Callback) => {
      setImmediate(() => callback(req.url === "/in", 418, "a teapot", { "x-why": "short" }));
    };
    await withServer({ verifyClient }, async ({ open, openRaw }) => {
      await open({ path: "/in" });
      const peer = openRaw();
      peer.socket.write(upgradeRequest());
      const answer = await peer.closed();
      assert.match(answer, /^HTTP\/1\.1 418 I'm a Teapot\r\n/);
      assert.match(answer, /\r\nx-why: short\r\n/);
      assert.match(answer, /\r\n\r\na teapot$/);
    });
  });
});

describe("the event headers", () => {
  it("the event headers may add lines to the answer", async () => {
    await withServer({}, async ({ server, openRaw }) => {
      server.on("headers", (lines, request) => lines.push(`Set-Cookie: at=${request.url}`));
      const peer = openRaw();
      peer.socket.write(upgradeRequest());
      assert.match(
        await peer.until(/\r\n\r\n/),
        /^HTTP\/1\.1 101 .*\r\nSet-Cookie: at=\/chat\?room=1\r\n\r\n/s,
      );
    });
  });

  it("throws for a line that would be two", () => {
    const server = new WebSocketServer({ noServer: true });
    server.on("headers", (lines) => lines.push("a: b\r\nc: d"));
    const http = createServer();
    return new Promise<void>((resolve, reject) => {
      http.on("upgrade", (request, socket, head) => {
        try {
          assert.throws(() => server.handleUpgrade(request, socket, head, () => {}), TypeError);
          resolve();
        } catch (error) {
          reject(error);
        } finally {
          socket.destroy();
          http.close();
        }
      });
      http.listen(0, "127.0.0.1", () => {
        const { port } = http.address() as AddressInfo;
        new WebSocket(`ws://127.0.0.1:${port}`).on("error", () => {});
      });
    });
  });
});

describe("the event wsClientError", () => {
  it("leaves the answer to its listener; without one the rule is named", async () => {
    await withServer({}, async ({ server, openRaw }) => {
      const request = upgradeRequest().replace("Version: 13", "Version: 7");
      const first = openRaw();
      first.socket.write(request);
      assert.match(await first.closed(), /^HTTP\/1\.1 426 .*RFC 6455/s);
      server.on("wsClientError", (error, socket) => socket.end(`own ${error.name}`));
      const second = openRaw();
      second.socket.write(request);
      assert.equal(await second.closed(), "own Error");
    });
  });
});

describe("noServer", () => {
  it("shares one HTTP server among several by their paths", async () => {
    const servers = new Map(
      ["/a", "/b"].map((path) => [path, new WebSocketServer({ noServer: true })]),
    );
    for (const [path, server] of servers) server.on("connection", (socket) => socket.send(path));
    const http = createServer();
    http.on("upgrade", (request, socket, head) => {
      const server = servers.get(request.url!);
      if (server === undefined) return socket.destroy();
      server.handleUpgrade(
        request,
        socket,
        head,
        (client) => server.emit("connection", client, request),
      );
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const { port } = http.address() as AddressInfo;
    for (const path of servers.keys()) {
      const client = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      assert.equal(await nextMessage(client), path);
      client.close();
      await nextClose(client);
    }
    const lost = await failureOf(new WebSocket(`ws://127.0.0.1:${port}/c`));
    assert.ok(lost instanceof Error);
    http.close();
  });

  it("throws when a socket is handed over a second time, and has no address", async () => {
    const server = new WebSocketServer({ noServer: true });
    assert.throws(() => server.address(), /noServer/);
    const http = createServer();
    const thrown = new Promise((resolve) => {
      http.on("upgrade", (request, socket, head) => {
        server.handleUpgrade(request, socket, head, (client) => {
          assert.throws(
            () => server.handleUpgrade(request, socket, head, () => {}),
            /more than once/,
          );
          client.terminate();
          resolve(null);
        });
      });
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
    client.on("error", () => {});
    await Promise.all([thrown, nextClose(client)]);
    http.close();
  });
});

describe("close() of a server", () => {
  it("leaves connections open, and tells of the end when they are over", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    const client = new WebSocket(`ws://127.0.0.1:${portOf(server)}`);
    await once(client, "open");
    const told: string[] = [];
    server.close((error) => told.push(`callback ${error}`));
    server.on("close", () => told.push("event"));
    client.send("still open");
    const [socket] = [...server.clients!];
    assert.equal(await nextMessage(socket!), "still open");
    assert.equal(told.length, 0);
    client.close();
    await once(server, "close");
    assert.deepEqual(told, ["callback undefined", "event"]);
    server.close((error) => told.push(String(error?.message)));
    await once(server, "close");
    assert.equal(told.includes("The server is not running"), true);
  });

  it("close() of a server of a shared server takes no more upgrades, and leaves the HTTP server alone", async () => {
    const http = createServer((_request, response) => response.end("http"));
    const server = new WebSocketServer({ server: http });
    http.listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = portOf(server);
    server.close();
    await once(server, "close");
    assert.equal(http.listenerCount("upgrade"), 0);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), "http");
    http.close();
    http.closeAllConnections();
  });
});
