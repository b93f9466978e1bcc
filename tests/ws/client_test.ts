/**
 * Clients of `ws`: opening, options, errors.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { WebSocket, WebSocketServer } from "../../src/ws/mod.ts";
import { serve } from "../../mod.ts";
import { ca, cert, key } from "../helpers/tls/fixtures.ts";
import { failureOf, nextClose, nextMessage, withServer } from "./helpers.ts";

/** A port that was free a moment ago, on which nothing listens. */
const CLOSED = "ws://127.0.0.1:1";

describe("a client of ws", () => {
  it("fails with the system's error, and closes", async () => {
    const error = await failureOf(new WebSocket(CLOSED));
    assert.match(`${(error as Error & { code?: string }).code} ${error.message}`, /refused/i);
  });

  it("sends header fields, Origin and credentials", async () => {
    await withServer({}, async ({ url }) => {
      const seen: unknown[] = [];
      const http = createServer();
      const server = new WebSocketServer({ server: http });
      server.on("connection", (socket, { headers }) => {
        seen.push(headers["x-a"], headers.origin, headers.authorization);
        socket.close();
      });
      await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
      const target = url.replace(/\d+$/, String((http.address() as { port: number }).port));
      const client = new WebSocket(target.replace("//", "//me:se%20cret@"), {
        headers: { "X-A": ["1", "2"] },
        origin: "http://page.example",
      });
      await nextClose(client);
      const basic = `Basic ${Buffer.from("me:se cret").toString("base64")}`;
      assert.deepEqual(seen, ["1, 2", "http://page.example", basic]);
      server.close();
      http.close();
    });
  });

  it("takes http: for ws:, and a unix socket by ws+unix:", async () => {
    await withServer({}, async ({ url }) => {
      const client = new WebSocket(new URL(url.replace("ws", "http")));
      assert.equal(client.url, `${url}/`);
      await once(client, "open");
      client.terminate();
      await nextClose(client);
    });
    const path = join(tmpdir(), `${crypto.randomUUID()}.sock`);
    const http = createServer();
    const server = new WebSocketServer({ server: http });
    server.on("connection", (socket, { url }) => socket.send(url!));
    await new Promise<void>((resolve) => http.listen(path, resolve));
    assert.equal(server.address(), path);
    const client = new WebSocket(`ws+unix:${path}:/a?b`);
    assert.equal(await nextMessage(client), "/a?b");
    client.terminate();
    await nextClose(client);
    http.close();
  });

  it("follows redirects if it may, and takes any certificate if it is told to", async () => {
    await withServer({}, async ({ url }) => {
      const http = createServer();
      http.on("upgrade", (_request, socket) => {
        socket.end(`HTTP/1.1 307 x\r\nLocation: ${url}/there\r\nConnection: close\r\n\r\n`);
      });
      await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
      const place = `ws://127.0.0.1:${(http.address() as { port: number }).port}`;
      const error = await failureOf(new WebSocket(place));
      assert.equal(error.message, "Unexpected server response: 307");
      const client = new WebSocket(place, { followRedirects: true });
      await once(client, "open");
      client.terminate();
      await nextClose(client);
      http.close();
    });
    const server = await serve({ tls: { cert, key } }, { open: (peer) => peer.send("secret") });
    const place = `wss://127.0.0.1:${(server.address as { port: number }).port}`;
    assert.ok(await failureOf(new WebSocket(place)) instanceof Error);
    const trusting = new WebSocket(place, { ca, servername: "localhost" });
    assert.equal(await nextMessage(trusting), "secret");
    trusting.terminate();
    if (!("Deno" in globalThis)) { // Deno has no means for it
      const careless = new WebSocket(place, { rejectUnauthorized: false });
      assert.equal(await nextMessage(careless), "secret");
    }
    await server.close({ timeoutMs: 0 });
  });

  it("has no events with objects of node:http, and says so", () => {
    const client = new WebSocket(CLOSED);
    client.on("error", () => {});
    for (const name of ["upgrade", "redirect", "unexpected-response"]) {
      const listen = () =>
        (client as { on(name: string, listener: () => void): unknown }).on(name, () => {});
      assert.throws(listen, { code: "ERR_NOT_SUPPORTED", message: new RegExp(name) });
    }
  });
});
