/**
 * What `fetch` answers is what the client gets, on each runtime.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadHttpServers } from "../../../helpers/http_server.ts";
import { exchange, RawClient } from "../../../helpers/raw_http.ts";
import { comesToRest } from "../../../helpers/waiting.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const PIECE = new Uint8Array(65_536);

/** A body without end, which tells how often it was asked and waits for its cancellation. */
class EndlessBody {
  pulls = 0;
  readonly cancelled: Promise<void>;
  readonly readable: ReadableStream<Uint8Array>;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.cancelled = promise;
    this.readable = new ReadableStream({
      pull: (controller) => {
        this.pulls++;
        controller.enqueue(PIECE);
      },
      cancel: () => resolve(),
    });
  }
}

for (const [name, withHttp] of await loadHttpServers()) {
  describe(`a response (${name})`, () => {
    it("arrives with its status, reason, headers and cookies", async () => {
      const fetch = (): Response => {
        const headers = new Headers({ "x-one": "1", "content-type": "text/plain" });
        headers.append("set-cookie", "a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT");
        headers.append("set-cookie", "b=2");
        return new Response("short", { status: 418, statusText: "Teapot!", headers });
      };
      await withHttp({ fetch }, async ({ address }) => {
        const text = await exchange(address, GET);
        assert.match(text, /^HTTP\/1\.1 418 Teapot!\r\n/);
        assert.match(text, /^x-one: 1\r$/im);
        assert.equal(text.match(/^set-cookie: /gim)?.length, 2);
        assert.match(text, /^set-cookie: b=2\r$/im);
        assert.match(text, /short/);
      });
    });

    for (const status of [204, 304]) {
      it(`${status} has no body, and leaves the connection open`, () =>
        withHttp({ fetch: () => new Response(null, { status }) }, async ({ address }) => {
          const client = new RawClient(address);
          client.socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
          const head = await client.until(/\r\n\r\n/);
          assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `));
          client.received = "";
          client.socket.write(GET);
          assert.match(await client.closed(), new RegExp(`^HTTP/1\\.1 ${status} `));
        }));
    }

    it("to HEAD is sent without its body, which is cancelled", async () => {
      const body = new EndlessBody();
      const fetch = (): Response =>
        new Response(body.readable, { headers: { "content-length": "7", "x-one": "1" } });
      await withHttp({ fetch }, async ({ address }) => {
        const text = await exchange(address, GET.replace("GET", "HEAD"));
        assert.match(text, /^content-length: 7\r$/im);
        assert.match(text, /\r\n\r\n$/);
        await body.cancelled;
      });
    });

    it("is sent in parts: the head at once, each chunk when it comes", async () => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
      await withHttp({ fetch: () => new Response(readable) }, async ({ address }) => {
        const client = new RawClient(address);
        client.socket.write(GET);
        await client.until(/\r\n\r\n/);
        for (const piece of ["first", "second"]) {
          await writer.write(bytes(piece));
          await client.until(new RegExp(piece));
        }
        await writer.close();
        await client.closed();
      });
    });

    it("waits for a slow client, and ends when the client goes away", async () => {
      const body = new EndlessBody();
      const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
      const fetch = ({ signal }: Request): Response => {
        signal.addEventListener("abort", () => abort());
        return new Response(body.readable);
      };
      await withHttp({ fetch }, async ({ address }) => {
        const client = new RawClient(address);
        client.socket.write(GET);
        await client.until(/\r\n\r\n/);
        client.socket.pause();
        const pulls = await comesToRest(() => body.pulls);
        assert.ok(pulls * PIECE.length < 32 * 1024 * 1024, `${pulls} pieces taken`);
        client.socket.destroy();
        await body.cancelled;
        await aborted;
      });
    });

    const failures: [string, () => Response | Promise<Response>][] = [
      ["throws", () => assert.fail("on purpose")],
      ["rejects", () => Promise.reject(new Error("on purpose"))],
      ["answers Response.error()", () => Response.error()],
      ["answers a body that is in use", () => {
        const response = new Response("used", { headers: { "x-one": "1" } });
        response.body!.getReader();
        return response;
      }],
      ["answers nothing", () => Promise.resolve(JSON.parse("null"))],
      ["answers a body that fails at once", () =>
        new Response(
          new ReadableStream({ start: (controller) => controller.error(new Error("on purpose")) }),
        )],
    ];
    for (const [name, fetch] of failures) {
      it(`a response (${name}) is a bare 500 when fetch ${name}`, () =>
        withHttp({ fetch }, async ({ address }) => {
          const text = await exchange(address, GET);
          assert.match(text, /^HTTP\/1\.1 500 Internal Server Error\r\n/);
          assert.doesNotMatch(text, /x-one|on purpose/);
        }));
    }

    it("whose body fails midway drops the connection", async () => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      await withHttp({ fetch: () => new Response(readable) }, async ({ address }) => {
        const client = new RawClient(address);
        client.socket.write(GET);
        await writer.write(new TextEncoder().encode("begun"));
        await client.until(/begun/);
        await writer.abort(new Error("on purpose"));
        assert.doesNotMatch(await client.closed(), /\r\n0\r\n\r\n$/, "not a complete body");
      });
    });

    it("leaves the connection for the next request, also a pipelined one", async () => {
      let count = 0;
      const fetch = ({ url }: Request): Response =>
        new Response(`<${new URL(url).pathname} ${++count}>`);
      await withHttp({ fetch }, async ({ address }) => {
        const client = new RawClient(address);
        const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
        client.socket.write(ask("/a"));
        await client.until(/<\/a 1>/);
        client.socket.write(ask("/b") + ask("/c"));
        await client.until(/<\/b 2>[^]*<\/c 3>/);
        client.socket.destroy();
      });
    });
  });
}
