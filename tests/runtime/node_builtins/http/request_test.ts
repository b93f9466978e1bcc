/**
 * What arrives at `fetch` when HTTP shares the port, on each runtime.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadHttpServers } from "../../../helpers/http_server.ts";
import { exchange, RawClient } from "../../../helpers/raw_http.ts";
import { cert, key } from "../../../helpers/tls/fixtures.ts";
import { comesToRest } from "../../../helpers/waiting.ts";

const PIECE = new Uint8Array(1024 * 1024);
const describeRequest = ({ method, url, headers }: Request): Response =>
  Response.json({ method, url, headers: [...headers] }, { headers: { connection: "close" } });

function bodyOf(text: string): { method: string; url: string; headers: string[][] } {
  return JSON.parse(/\{.*\}/.exec(text)![0]);
}

for (const [name, withHttp] of await loadHttpServers()) {
  describe(`a request (${name})`, () => {
    it("has its method, URL and headers, also repeated ones", () =>
      withHttp({ fetch: describeRequest }, async ({ address }) => {
        const text =
          "PUT /a//b?c=%20d HTTP/1.1\r\nHost: example.com:81\r\nX-Two: 1\r\nX-Two: 2\r\nX-Raw: \xe9\r\n\r\n";
        const { method, url, headers } = bodyOf(await exchange(address, text));
        assert.equal(method, "PUT");
        assert.equal(url, "http://example.com:81/a//b?c=%20d");
        assert.deepEqual(headers.find(([name]) => name === "x-two"), ["x-two", "1, 2"]);
        assert.ok(headers.some(([name]) => name === "x-raw"));
      }));

    for (
      const [target, url] of [
        ["//evil.example/x", "http://a//evil.example/x"],
        ["http://b:82/x", "http://b:82/x"],
        ["/@c", "http://a/@c"],
      ]
    ) {
      it(`for ${target} has the URL ${url}`, () =>
        withHttp({ fetch: describeRequest }, async ({ address }) => {
          const text = await exchange(address, `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
          assert.equal(bodyOf(text).url, url);
        }));
    }

    it("over TLS has an https: URL", () =>
      withHttp({ fetch: describeRequest }, async ({ address }) => {
        const text = await exchange(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", { tls: true });
        assert.equal(bodyOf(text).url, "https://a/");
      }, { tls: { cert, key } }));

    it("has its body chunk by chunk, as it arrives", async () => {
      const pieces: string[] = [];
      const fetch = async (request: Request): Promise<Response> => {
        const reader = request.body!.pipeThrough(new TextDecoderStream()).getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          pieces.push(value);
          client.socket.write(pieces.length === 1 ? "3\r\ntwo\r\n" : "0\r\n\r\n");
        }
        return new Response(pieces.join("+"), { headers: { connection: "close" } });
      };
      let client: RawClient;
      await withHttp({ fetch }, async ({ address }) => {
        client = new RawClient(address);
        client.socket.write(
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n",
        );
        assert.match(await client.closed(), /one\+two/);
      });
    });

    it("can be answered with its own body of 8 MiB", () =>
      withHttp({ fetch: ({ body }) => new Response(body) }, async ({ origin }) => {
        const sent = crypto.getRandomValues(new Uint8Array(65_536));
        const body = new Blob(Array<BlobPart>(128).fill(sent));
        const response = await fetch(origin, { method: "POST", body });
        const echoed = new Uint8Array(await response.arrayBuffer());
        assert.equal(echoed.length, 128 * sent.length);
        for (const at of [0, 77]) {
          assert.deepEqual(echoed.subarray(at * sent.length, (at + 1) * sent.length), sent);
        }
      }));

    for (const reads of [0, 1]) {
      it(`a request (${name}) whose body is read ${reads} times holds the client back, and makes way for the next`, async () => {
        const { promise: mayAnswer, resolve: letAnswer } = Promise.withResolvers<void>();
        const fetch = async ({ method, body }: Request): Promise<Response> => {
          const reader = body?.getReader();
          for (let times = 0; times < reads; times++) await reader?.read();
          if (method === "POST") await mayAnswer;
          return new Response(method);
        };
        await withHttp({ fetch }, async ({ address }) => {
          const client = new RawClient(address);
          const length = 32 * PIECE.length;
          client.socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
          for (let times = 0; times < 32; times++) client.socket.write(PIECE);
          const left = await comesToRest(() => client.socket.writableLength);
          assert.ok(left > 16 * PIECE.length, `${left} bytes wait`);
          letAnswer();
          await client.until(/POST/);
          client.socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
          assert.match(await client.closed(), /GET/);
        });
      });
    }

    it("is not aborted once it is answered", async () => {
      const signals: AbortSignal[] = [];
      const fetch = ({ signal }: Request): Response => {
        signals.push(signal);
        return new Response();
      };
      await withHttp({ fetch }, async ({ address }) => {
        const client = new RawClient(address);
        client.socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2));
        await client.until(/200 OK[^]*200 OK/);
        client.socket.destroy();
        await exchange(address, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert.deepEqual(signals.map(({ aborted }) => aborted), [false, false, false]);
      });
    });

    it("is aborted when the client goes away, and so is its body", async () => {
      const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>();
      const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
      const fetch = async ({ signal, body }: Request): Promise<Response> => {
        signal.addEventListener("abort", () => abort());
        const reader = body!.getReader();
        await reader.read();
        client.socket.destroy();
        await reader.read().then(() => fail(null), fail);
        return new Response();
      };
      let client: RawClient;
      await withHttp({ fetch }, async ({ address }) => {
        client = new RawClient(address);
        client.socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
        assert.equal((await failed as Error).name, "AbortError");
        await aborted;
      });
    });

    for (
      const [name, text] of [
        ["that is no HTTP", "\x16\x03\x01 hello\r\n\r\n"],
        ["with a space before a colon", "GET / HTTP/1.1\r\nHost: a\r\nFoo : b\r\n\r\n"],
        [
          "with two lengths",
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n" +
          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ],
        ["without Host", "GET / HTTP/1.1\r\n\r\n"],
        ["with two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"],
        ["with a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n"],
        ["with a port that is none", "GET / HTTP/1.1\r\nHost: a:x\r\nConnection: close\r\n\r\n"],
        ["with TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"],
      ] as const
    ) {
      it(`${name} is answered with 400`, () =>
        withHttp({ fetch: () => assert.fail("not asked for") }, async ({ address }) => {
          assert.match(await exchange(address, text), /^HTTP\/1\.1 400 /);
        }));
    }

    it("with CONNECT leaves the server running", () =>
      withHttp({ fetch: describeRequest }, async ({ address, origin }) => {
        await exchange(address, "CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n");
        assert.equal((await (await fetch(origin)).json()).method, "GET");
      }));
  });
}
