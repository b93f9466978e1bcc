/** Chromium: a page over HTTP/2 opens 200 connections on its own session. @module */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { serve } from "../../mod.ts";
import { cert, key } from "../helpers/tls/fixtures.ts";

const CONNECTIONS = 200;

/** Runs the page in a process of Node, whatever runtime serves it. */
function drive(url: string): Promise<string> {
  const { NODE_PATH_24 } = process.env;
  if (NODE_PATH_24 === undefined) throw new Error("Start these tests by: deno task test:http2");
  const script = fileURLToPath(new URL("page.mjs", import.meta.url));
  const child = spawn(NODE_PATH_24, [script, url, String(CONNECTIONS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => output += String(chunk));
  return new Promise((resolve) => child.on("close", () => resolve(output)));
}

describe("a page of Chromium over HTTP/2", () => {
  it("opens 200 connections on one session, and is drained", { timeout: 120_000 }, async () => {
    const versions = new Set<string | null>(), ports = new Set<unknown>();
    const limits = { maxMessageBytes: 2 ** 24, maxBufferedBytes: 2 ** 26 };
    const drain = Promise.withResolvers<void>();
    const drained = drain.promise.then(() => server.close());
    const server = await serve({
      tls: { cert, key },
      http2: true,
      compression: true,
      ...limits,
      fetch: () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }),
    }, {
      open({ httpVersion, peerAddress }) {
        versions.add(httpVersion);
        ports.add(peerAddress?.transport === "tcp" ? peerAddress.port : null);
      },
      message(connection, message) {
        if (message !== "drain") return connection.send(message);
        drain.resolve();
      },
    });
    const seen = JSON.parse(await drive(server.url.replace("wss:", "https:")));
    assert.match(seen.extensions, /^permessage-deflate/);
    delete seen.extensions;
    assert.deepEqual(seen, {
      protocol: "h2",
      echoes: CONNECTIONS,
      large: 8 * 1024 * 1024,
      codes: { 1001: CONNECTIONS },
    });
    assert.deepEqual([[...versions], ports.size], [["2"], 1]);
    await drained;
  });
});
