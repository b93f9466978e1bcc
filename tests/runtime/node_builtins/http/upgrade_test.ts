/**
 * What is handed over when a request asks for an upgrade, on each runtime.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, it } from "node:test";
import type { Transport } from "../../../../src/transport/transport.ts";
import type { RequestHead } from "../../../../src/handshake/head.ts";
import { toRequestHead } from "../../../../src/runtime/node_builtins/http/server.ts";
import { transportOf } from "../../../../src/runtime/node_builtins/socket_transport.ts";
import { loadHttpServers } from "../../../helpers/http_server.ts";
import { exchange, RawClient } from "../../../helpers/raw_http.ts";
import { RecordingSink } from "../../../helpers/recording_sink.ts";
import { cert, key } from "../../../helpers/tls/fixtures.ts";
import { nextTurn } from "../../../helpers/waiting.ts";

const HEAD = "GET /chat?room=1 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n" +
  "Upgrade: WebSocket\r\nX-Two: 1\r\nx-two: 2\r\n\r\n";

const write = (transport: Transport, text: string): void => {
  const bytes = new TextEncoder().encode(text);
  transport.write(bytes, 0, bytes.length);
};

/** Answers with what follows the head, in capitals; closes when the client ends. */
function shout(_head: RequestHead, transport: Transport, early: Uint8Array): void {
  const answer = (bytes: Uint8Array): void =>
    write(transport, new TextDecoder().decode(bytes).toUpperCase());
  transport.sink = {
    onChunk: answer,
    onEnd: () => transport.end(),
    onDrain: () => {},
    onClose: () => {},
  };
  assert.equal(early.buffer.byteLength, early.length, "not a part of something else");
  answer(early);
}

for (const [name, withHttp] of await loadHttpServers()) {
  describe(`an upgrade (${name})`, () => {
    for (const [name, options] of [["plain", {}], ["TLS", { tls: { cert, key } }]] as const) {
      it(`hands over the head, the transport and the bytes that followed (${name})`, async () => {
        const heads: RequestHead[] = [];
        const upgrade = (head: RequestHead, transport: Transport, early: Uint8Array): void => {
          heads.push(head);
          shout(head, transport, early);
        };
        await withHttp({ upgrade }, async ({ address }) => {
          const client = new RawClient(address, { tls: "tls" in options });
          client.socket.write(HEAD + "rest");
          await client.until(/REST/);
          client.socket.write("more");
          await client.until(/MORE/);
          client.socket.end();
          await client.closed();
        }, options);
        const [{ method, target, headers } = assert.fail("no upgrade")] = heads;
        assert.deepEqual({ method, target }, { method: "GET", target: "/chat?room=1" });
        assert.deepEqual(headers, [
          ["Host", "a"],
          ["Connection", "keep-alive, Upgrade"],
          ["Upgrade", "WebSocket"],
          ["X-Two", "1"],
          ["x-two", "2"],
        ]);
      });
    }

    it("may come after ordinary requests on the same connection", () =>
      withHttp({ fetch: () => new Response("<ordinary>"), upgrade: shout }, async ({ address }) => {
        const client = new RawClient(address);
        client.socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.until(/<ordinary>/);
        client.socket.write(HEAD);
        client.socket.write("rest");
        await client.until(/REST/);
        client.socket.destroy();
      }));

    it("to another protocol is an ordinary request", () =>
      withHttp({ fetch: async (request) => new Response(`<${await request.text()}>`) }, async (
        { address },
      ) => {
        const upgrade = "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n";
        const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n${upgrade}`;
        assert.match(await exchange(address, `${head}\r\nabc`), /200 OK[^]*<abc>/);
      }));

    it("in HTTP/1.0 is an ordinary request", () =>
      withHttp({ fetch: () => new Response("<old>") }, async ({ address }) => {
        const text = HEAD.replace("HTTP/1.1", "HTTP/1.0").replace("keep-alive, ", "");
        assert.match(await exchange(address, text), /200 OK[^]*<old>/);
      }));

    it("of a client that has ended already calls onEnd", () =>
      withHttp({ upgrade: shout }, async ({ address }) => {
        const client = new RawClient(address);
        client.socket.end(HEAD + "rest");
        assert.equal(await client.closed(), "REST");
      }));

    it("whose client resets at once closes its transport", async () => {
      const sink = new RecordingSink();
      const upgrade = (_head: RequestHead, transport: Transport): void => {
        transport.sink = sink;
        client.socket.resetAndDestroy();
      };
      let client: RawClient;
      await withHttp({ upgrade }, async ({ address }) => {
        client = new RawClient(address);
        client.socket.write(HEAD);
        await sink.until(() => sink.closes === 1);
      });
    });

    it("of the user's own server loses no byte when it is taken late", async () => {
      const server = createServer();
      const late = Promise.withResolvers<void>();
      server.on("upgrade", async (message, socket, early) => {
        await late.promise;
        shout(toRequestHead(message), transportOf(socket), new Uint8Array(early));
      });
      const port = await new Promise<number>((resolve) => {
        server.listen(0, "127.0.0.1", () => {
          const address = server.address();
          if (typeof address === "object" && address !== null) resolve(address.port);
        });
      });
      const client = new RawClient({ transport: "tcp", hostname: "127.0.0.1", port });
      client.socket.write(HEAD);
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise<void>((resolve) => client.socket.write("late", () => resolve()));
      await nextTurn();
      late.resolve();
      await client.until(/LATE/);
      client.socket.end();
      await client.closed();
      server.close();
    });
  });
}
