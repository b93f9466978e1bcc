/**
 * Options and promises of `serve` that have to hold in both of its modes: alone on its port, and
 * with `fetch` beside it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { serve, type ServeOptions, type WebSocketServer } from "../../mod.ts";
import { itEnds } from "../helpers/connections.ts";
import { IDLE } from "../helpers/idle_handler.ts";
import { exchange, RawClient } from "../helpers/raw_http.ts";
import { request } from "../contract/connection/host.ts";
import { eventually } from "../helpers/waiting.ts";

const MODES: readonly (readonly [string, ServeOptions])[] = [
  ["alone", {}],
  ["with fetch", { fetch: () => new Response("ordinary") }],
];
const QUIET: ServeOptions = { onRefuse: () => {} };

for (const [mode, defaults] of MODES) {
  const withServer = async (
    options: ServeOptions,
    use: (server: WebSocketServer) => Promise<void>,
  ): Promise<void> => {
    const server = await serve({ ...QUIET, ...defaults, ...options }, IDLE);
    try {
      await use(server);
    } finally {
      await server.close({ timeoutMs: 0 });
    }
  };

  describe(`serve ${mode}`, () => {
    itEnds("takes a head up to maxHeadBytes, and refuses a larger one with 431", async () => {
      const cookies = ["a", "b"].map((name) => `Cookie: ${name}=${"x".repeat(12_000)}`);
      await withServer({ maxHeadBytes: 65_536 }, async ({ address }) => {
        const client = new RawClient(address);
        client.socket.write(request(...cookies));
        assert.match(await client.until(/\r\n\r\n/), /^HTTP\/1\.1 101 /);
        client.socket.destroy();
      });
      await withServer({ maxHeadBytes: 1_024 }, async ({ address }) => {
        assert.match(await exchange(address, request(...cookies)), /^HTTP\/1\.1 431 /);
      });
    });

    itEnds(
      "refuses more than maxHeaderFields with 431",
      () =>
        withServer({ maxHeaderFields: 10 }, async ({ address }) => {
          const lines = Array.from({ length: 10 }, (_, i) => `X-${i}: y`);
          assert.match(await exchange(address, request(...lines)), /^HTTP\/1\.1 431 /);
          const text = ["GET / HTTP/1.1", "Host: a", "Connection: close", ...lines, "\r\n"];
          assert.match(await exchange(address, text.join("\r\n")), /^HTTP\/1\.1 431 /);
        }),
    );

    itEnds(
      "takes over 2,000 fields where maxHeaderFields and maxHeadBytes let it",
      () =>
        withServer({ maxHeaderFields: 3_000, maxHeadBytes: 65_536 }, async ({ address }) => {
          const lines = Array.from({ length: 2_500 }, (_, i) => `X-${i}: y`);
          const client = new RawClient(address);
          client.socket.write(request(...lines));
          assert.match(await client.until(/\r\n\r\n/), /^HTTP\/1\.1 101 /);
          client.socket.destroy();
        }),
    );

    for (const [what, bytes] of [["says nothing", ""], ["stops within its head", "GET / HT"]]) {
      itEnds(
        `drops a client that ${what} after handshakeTimeoutMs`,
        () =>
          withServer({ handshakeTimeoutMs: 150 }, async ({ address }) => {
            const start = performance.now();
            await exchange(address, bytes!);
            const ms = performance.now() - start;
            assert.ok(ms > 100 && ms < 9_000, `${ms} ms`); // the default is 10,000
          }),
      );
    }

    itEnds(
      "drops the oldest silent client for one more than maxPendingUpgrades",
      () =>
        withServer({ maxPendingUpgrades: 2 }, async ({ address }) => {
          const silent = [0, 1, 2].map(() => new RawClient(address));
          await Promise.any(silent.map((client) => client.closed()));
          const client = new RawClient(address);
          client.socket.write(request());
          assert.match(await client.until(/\r\n\r\n/), /^HTTP\/1\.1 101 /);
          for (const { socket } of [client, ...silent]) socket.destroy();
        }),
    );

    itEnds("ends silent clients and half requests at once when it closes", async () => {
      const server = await serve({ ...QUIET, ...defaults }, IDLE);
      const clients = ["", "GET / HT"].map((bytes) => {
        const client = new RawClient(server.address);
        client.socket.write(bytes);
        return client;
      });
      const open = new RawClient(server.address);
      open.socket.write(request());
      await open.until(/\r\n\r\n/); // those before it are accepted, too
      open.socket.destroy();
      await eventually("its end is seen", () => server.connections.size === 0);
      const start = performance.now();
      await server.close({ timeoutMs: 40_000 });
      await Promise.all(clients.map((client) => client.closed()));
      assert.ok(performance.now() - start < 20_000);
    });
  });
}

describe("serve with fetch that closes", () => {
  itEnds("lets an answer end that is under way, and takes no further request", async () => {
    const gate = Promise.withResolvers<void>();
    const server = await serve({
      fetch: async () => {
        await gate.promise;
        return new Response("late");
      },
    }, IDLE);
    const client = new RawClient(server.address);
    client.socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const other = new RawClient(server.address);
    other.socket.write(request());
    await other.until(/\r\n\r\n/);
    other.socket.destroy();
    const closing = server.close({ timeoutMs: 40_000 });
    gate.resolve();
    assert.match(await client.closed(), /^connection: close\r[^]*late/im);
    await closing;
  });

  itEnds("cuts an event stream when its time is up, and cancels its body", async () => {
    const cancelled = Promise.withResolvers<void>();
    const server = await serve({
      fetch: () => new Response(new ReadableStream({ cancel: () => cancelled.resolve() })),
    }, IDLE);
    const client = new RawClient(server.address);
    client.socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.until(/\r\n\r\n/);
    const start = performance.now();
    await server.close({ timeoutMs: 200 });
    assert.ok(performance.now() - start >= 150);
    await client.closed();
    await cancelled.promise;
  });

  itEnds("waits for a fetch whose client has gone", async () => {
    const gate = Promise.withResolvers<void>(), begun = Promise.withResolvers<AbortSignal>();
    let isDone = false;
    const server = await serve({
      fetch: async ({ signal }) => {
        begun.resolve(signal);
        await gate.promise;
        isDone = true;
        return new Response();
      },
    }, IDLE);
    const client = new RawClient(server.address);
    client.socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const signal = await begun.promise;
    const gone = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    client.socket.destroy();
    await gone;
    const closing = server.close({ timeoutMs: 40_000 });
    setTimeout(() => gate.resolve(), 20);
    await closing;
    assert.equal(isDone, true);
  });
});
