/** The server as its owner runs it: what it shows, and how it ends. @module */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, type WebSocketConnection } from "../../mod.ts";
import { type ExampleProcess, findOwnRuntime, startExample } from "../helpers/example_process.ts";

describe("watched", () => {
  let server: ExampleProcess, connection: WebSocketConnection, last: WebSocketConnection;

  before(async () => {
    const flags = ["--token", "secret"];
    server = await startExample(findOwnRuntime(), { file: "watched/main.ts", flags });
    connection = await connect(new URL("/", server.url));
    last = await connect(new URL("/", server.url));
  });

  after(() => server.stop("SIGKILL"));

  it("shows its numbers to Prometheus", async () => {
    await connection.send("hello");
    assert.equal(await connection.readText({ timeoutMs: 40_000 }), "hello");
    const foreign = connect(new URL("/", server.url), { headers: { origin: "http://other" } });
    await assert.rejects(foreign, /403/);
    const text = await (await fetch(new URL("/metrics", server.url))).text();
    for (
      const line of [
        "websocket_active 2",
        "websocket_opened_total 2",
        "websocket_received_bytes_total 5",
        'websocket_refused_total{rule="origin"} 1',
      ]
    ) assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  });

  it("shows its page with the token only", async () => {
    const without = await fetch(server.url);
    assert.equal(without.status, 403);
    await without.body?.cancel();
    const headers = { authorization: "Bearer secret" };
    const page = await fetch(server.url, { headers });
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<h1>WebSocket connections<\/h1>/);
  });

  it("says goodbye, spreads its Closes and ends by itself", async () => {
    const started = performance.now(), exit = server.stop("SIGTERM");
    assert.match(await last.readText({ timeoutMs: 40_000 }) ?? "", /restarts/);
    const ends = await Promise.all([connection.closed, last.closed]);
    assert.deepEqual(ends.map(({ code }) => code), [1012, 1012]);
    assert.ok(performance.now() - started >= 900); // the second is told after half of the time
    assert.equal(await exit, 0);
  });
});
