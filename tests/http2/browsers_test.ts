/** Chromium and Firefox: a page over HTTP/2 opens 200 connections on its own session. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serve } from "../../mod.ts";
import type { BrowserName } from "../browser/browsers.ts";
import { cert, key } from "../helpers/tls/fixtures.ts";
import { fromTask, runProgram } from "./run_program.ts";

const CONNECTIONS = 200;
const PATHS: Readonly<Record<BrowserName, string>> = {
  chromium: "CHROMIUM_PATH",
  firefox: "FIREFOX_PATH",
};

/** Runs the page in a browser. Resolves to what it saw, as JSON. */
async function drive(name: BrowserName, url: string): Promise<string> {
  const environment = { BROWSER_NAME: name, BROWSER_PATH: fromTask(PATHS[name]) };
  return await runProgram({ script: "drive.ts", arguments: [url, `${CONNECTIONS}`], environment });
}

describe("a page over HTTP/2", () => {
  for (const name of ["chromium", "firefox"] as const) {
    it(
      `a page over HTTP/2 in ${name} opens 200 connections on one session`,
      { timeout: 400_000 },
      async () => {
        const versions = new Set<string | null>(), ports = new Set<unknown>();
        const limits = { maxMessageBytes: 2 ** 24, maxBufferedBytes: 2 ** 26 };
        const drain = Promise.withResolvers<void>();
        const drained = drain.promise.then(() => server.close());
        const ends = new Map<string, number>();
        const server = await serve({
          tls: { cert, key },
          http2: true,
          compression: true,
          ...limits,
          fetch: () =>
            new Response("<!doctype html>", { headers: { "content-type": "text/html" } }),
        }, {
          open({ httpVersion, peerAddress }) {
            versions.add(httpVersion);
            ports.add(peerAddress?.transport === "tcp" ? peerAddress.port : null);
          },
          message(connection, message) {
            if (message === "drain") return drain.resolve();
            if (message === "close") return void connection.close(4002, "the server's");
            return connection.send(message);
          },
          close(_connection, { code, reason, wasClean }) {
            const end = `${code} ${reason} ${wasClean}`;
            ends.set(end, (ends.get(end) ?? 0) + 1);
          },
        });
        const { extensions, ...seen } = JSON.parse(
          await drive(name, server.url.replace("wss:", "https:")),
        );
        assert.match(extensions, /^permessage-deflate/);
        assert.deepEqual(seen, {
          nextHopProtocol: "h2",
          large: 8 * 1024 * 1024,
          echoes: CONNECTIONS,
          pagesEnd: "4001 the page's true",
          serversEnd: "4002 the server's true",
          drained: ["1001 server is closing true"],
        });
        await drained;
        assert.deepEqual([[...versions], ports.size], [["2"], 1]);
        assert.deepEqual(Object.fromEntries(ends), {
          "4001 the page's true": 1,
          "4002 the server's true": 1,
          "1001 server is closing true": CONNECTIONS - 2,
        });
      },
    );
  }
});
