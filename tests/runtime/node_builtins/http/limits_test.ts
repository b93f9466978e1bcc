/**
 * What one client of the HTTP server can make it do: one request at a time, bodies that go on, and
 * answers that no next proxy reads in another way.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { RequestHead } from "../../../../src/handshake/head.ts";
import type { Transport } from "../../../../src/transport/transport.ts";
import { itEnds } from "../../../helpers/connections.ts";
import { loadHttpServers } from "../../../helpers/http_server.ts";
import { exchange, RawClient } from "../../../helpers/raw_http.ts";
import { comesToRest, eventually } from "../../../helpers/waiting.ts";

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const LAST = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const UPGRADE = "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

const write = (transport: Transport, text: string): void => {
  const bytes = new TextEncoder().encode(text);
  transport.write(bytes, 0, bytes.length);
};

/** Answers `/slow` when the gate opens, and everything else at once. */
class Gated {
  readonly paths: string[] = [];
  readonly #gate = Promise.withResolvers<void>();

  open(): void {
    this.#gate.resolve();
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    this.paths.push(pathname);
    if (pathname === "/slow") await this.#gate.promise;
    return new Response(`<${pathname}${await request.text()}>`);
  };
}

for (const [name, withHttp] of await loadHttpServers()) {
  describe(`pipelined requests (${name})`, () => {
    itEnds("behind a slow answer wait their turn, and hold the client back", async () => {
      const gated = new Gated();
      await withHttp(gated, async ({ address }) => {
        const client = new RawClient(address);
        client.socket.write(get("/slow"));
        await eventually("the first is asked for", () => gated.paths.length === 1);
        const many = get("/next").repeat(1_000);
        for (let times = 0; times < 400; times++) client.socket.write(many);
        const left = await comesToRest(() => client.socket.writableLength);
        assert.ok(left > many.length, `${left} bytes wait`);
        assert.deepEqual(gated.paths, ["/slow"]);
        client.socket.destroy();
        gated.open();
      });
    });

    itEnds("are all answered, in order, however their bytes are cut", async () => {
      const paths = Array.from({ length: 12 }, (_, i) => `/${i}`);
      const text = paths.map(get).join("") +
        "POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nab\r\n\r\ncd" +
        "POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
        "4\r\n\r\n\r\n\r\n0\r\n\r\n" + LAST;
      for (const size of [text.length, 1, 7, 100]) {
        const gated = new Gated();
        await withHttp(gated, async ({ address }) => {
          const client = new RawClient(address);
          client.socket.setNoDelay(true);
          for (let at = 0; at < text.length; at += size) {
            client.socket.write(text.slice(at, at + size));
            if (size > 1) await new Promise((resolve) => setImmediate(resolve));
          }
          const answers = [...(await client.closed()).matchAll(/<[^>]*>/g)].map(([body]) => body);
          const bodies = ["</postab\r\n\r\ncd>", "</chunked\r\n\r\n>", "</last>"];
          assert.deepEqual(answers, [...paths.map((path) => `<${path}>`), ...bodies]);
        });
      }
    });

    itEnds("that ask for an upgrade get it after the answers before them", async () => {
      const upgrade = (_head: RequestHead, transport: Transport, rest: Uint8Array): void => {
        write(transport, `[upgraded ${new TextDecoder().decode(rest)}]`);
        transport.end();
      };
      const post = "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
      for (const before of [get("/slow"), post]) {
        const gated = new Gated(), { fetch } = gated;
        await withHttp({ fetch, upgrade }, async ({ address }) => {
          const client = new RawClient(address);
          client.socket.write(`${before}${UPGRADE}rest`);
          await eventually("the first is asked for", () => gated.paths.length === 1);
          assert.equal(client.received, "");
          gated.open();
          const answer = /^HTTP\/1\.1 200 [^]*<\/slowx?>[^]*\[upgraded rest\]$/;
          assert.match(await client.until(/\]/), answer);
          client.socket.destroy();
        });
      }
    });

    itEnds("of a client that has gone are not asked for", async () => {
      const gated = new Gated();
      await withHttp(gated, async ({ address }) => {
        const client = new RawClient(address);
        client.socket.write(get("/slow") + get("/never").repeat(10));
        await eventually("the first is asked for", () => gated.paths.length === 1);
        client.socket.resetAndDestroy();
        await client.closed();
        gated.open();
        assert.match(await exchange(address, LAST), /<\/last>/);
        assert.deepEqual(gated.paths, ["/slow", "/last"]);
      });
    });
  });

  describe(`a body (${name})`, () => {
    const stopped = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf";

    itEnds("in which nothing comes is given up after handshakeTimeoutMs", async () => {
      const { promise: failed, resolve } = Promise.withResolvers<unknown>();
      const fetch = async (request: Request): Promise<Response> => {
        await request.text().catch(resolve);
        return new Response();
      };
      await withHttp({ fetch }, async ({ address }) => {
        await exchange(address, stopped);
        assert.ok(await failed instanceof Error);
      }, { handshakeTimeoutMs: 1_000 }); // the head must come in that time
    });

    itEnds("that fetch does not read has no time limit, for the client is held back", async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const fetch = async ({ method }: Request): Promise<Response> => {
        if (method === "POST") await promise;
        return new Response(method);
      };
      await withHttp({ fetch }, async ({ address }) => {
        const client = new RawClient(address), piece = "x".repeat(4_000_000);
        const length = `Content-Length: ${piece.length}`;
        client.socket.write(
          `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${length}\r\n\r\n${piece}`,
        );
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        resolve();
        assert.match(await client.closed(), /POST/);
      }, { handshakeTimeoutMs: 1_000 });
    });
  });

  describe(`what fetch gives (${name})`, () => {
    const LENGTHS: readonly (readonly [string, string, string])[] = [
      ["longer", "3", "HTTP/1.1 200 smuggled"],
      ["shorter", "30", "abc"],
    ];
    for (const [what, length, text] of LENGTHS) {
      itEnds(
        `drops the connection and is told when its body is ${what} than its length`,
        async () => {
          const errors: unknown[] = [];
          const fetch = (): Response =>
            new Response(new Blob([text]).stream(), { headers: { "content-length": length } });
          await withHttp(
            { fetch, onError: (error) => void errors.push(error) },
            async ({ address }) => {
              assert.doesNotMatch(await exchange(address, get("/")), /smuggled/);
              assert.match(String(errors), new RegExp(`RangeError: fetch: the body is ${what}`));
            },
          );
        },
      );
    }

    itEnds("has one framing only, whatever its fields say", async () => {
      const headers = { "content-length": "3", "transfer-encoding": "chunked" };
      await withHttp({ fetch: () => new Response("abc", { headers }) }, async ({ address }) => {
        const text = await exchange(address, LAST);
        assert.match(text, /^content-length: 3\r$/im);
        assert.doesNotMatch(text, /transfer-encoding/i);
        assert.match(text, /\r\n\r\nabc$/);
      });
    });

    const WRONG: readonly (readonly [string, () => unknown, RegExp])[] = [
      ["throws", () => assert.fail("mine"), /mine/],
      ["throws null", () => {
        throw null;
      }, /^null$/],
      ["rejects with a Symbol", () => Promise.reject(Symbol("mine")), /Symbol\(mine\)/],
      ["gives null", () => null, /TypeError: fetch: must return a Response, not null/],
      ["gives a string", () => Promise.resolve("hi"), /must return a Response, not string/],
      [
        "gives Response.error()",
        () => Response.error(),
        /RangeError: fetch: a Response of status 0/,
      ],
      [
        "gives a body that fails",
        () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error("mine")) })),
        /Error: mine/,
      ],
    ];
    for (const [what, fetch, message] of WRONG) {
      itEnds(`what fetch gives (${name}) is told to onError when it ${what}`, async () => {
        const errors: unknown[] = [];
        const sink = {
          fetch: fetch as () => Response,
          onError: (error: unknown) => void errors.push(error),
        };
        await withHttp(sink, async ({ address }) => {
          assert.match(await exchange(address, LAST), /^HTTP\/1\.1 500 /);
          assert.equal(errors.length, 1);
          assert.match(String(errors[0]), message);
        });
      });
    }
  });
}
