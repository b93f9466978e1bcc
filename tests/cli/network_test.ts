/**
 * The command and servers that restart, want a token, speak TLS, or listen on a unix socket.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { serve, type WebSocketHandler, type WebSocketServer } from "../../mod.ts";
import { resumable } from "../../src/resume/mod.ts";
import { findFreePort } from "../helpers/daemon.ts";
import * as fixtures from "../helpers/tls/fixtures.ts";
import { run, start } from "./program.ts";

const patience = { timeout: 60_000 };
const CA_FILE = fileURLToPath(new URL("../helpers/tls/ca.pem", import.meta.url));
const echo: WebSocketHandler = {
  message: (connection, message) => connection.send(message),
};

/** Reads the events that the command prints, until one fits. */
async function waitFor(
  events: AsyncIterator<string>,
  wanted: { readonly type: string; readonly text: RegExp },
): Promise<void> {
  const seen: string[] = [];
  for (let next = await events.next(); !next.done; next = await events.next()) {
    seen.push(next.value);
    const { type, data = "", message = "" } = JSON.parse(next.value);
    if (type === wanted.type && wanted.text.test(data + message)) return;
  }
  assert.fail(`the command ended without ${wanted.type} ${wanted.text}: ${seen.join(" ")}`);
}

/** A command that runs, and the events that it prints. */
interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly events: AsyncIterator<string>;
}

/** Runs the command until its input ends, which has to be an end in order. */
async function converse(
  args: readonly string[],
  body: (running: Running) => Promise<void>,
): Promise<void> {
  const child = start(...args, "--json"), closed = once(child, "close");
  try {
    const events = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await waitFor(events, { type: "open", text: /^$/ });
    await body({ child, events });
    child.stdin.end();
    assert.deepEqual(await closed, [0, null]);
  } finally {
    child.kill("SIGKILL");
  }
}

describe("connect --reconnect", { timeout: 180_000 }, () => {
  it("outlives a server that restarts, and sends what was typed meanwhile", patience, async () => {
    const port = await findFreePort(), first = await serve({ port }, echo);
    let second: WebSocketServer | undefined;
    await converse([first.url, "--reconnect"], async ({ child, events }) => {
      child.stdin.write("one\n");
      await waitFor(events, { type: "text", text: /^one$/ });
      await first.close();
      await waitFor(events, { type: "note", text: /1001[^]*attempt \d/ });
      child.stdin.write("two\n");
      second = await serve({ port }, echo);
      await waitFor(events, { type: "note", text: /^connected again$/ });
      await waitFor(events, { type: "text", text: /^two$/ });
    });
    await second?.close();
  });

  it("ends when another attempt makes no sense, and exits with 1", patience, async () => {
    const server = await serve({ onRefuse: () => {} }, () => new Response(null, { status: 401 }));
    const { code, errors } = await run([server.url, "--reconnect"]);
    assert.equal(code, 1);
    assert.match(errors, /401/);
    await server.close();
  });
});

describe("connect --resume", { timeout: 180_000 }, () => {
  it("goes on with the session of a server that has it", patience, async () => {
    let isFirst = true;
    const server = await serve(
      {},
      resumable({
        async message(connection, message) {
          await connection.send(message);
          if (message === "cut" && isFirst) {
            isFirst = false;
            for (const each of server.connections) each.abort();
          }
        },
      }),
    );
    await converse([server.url, "--resume"], async ({ child, events }) => {
      child.stdin.write("cut\n");
      await waitFor(events, { type: "note", text: /the session goes on/ });
      child.stdin.write("on\n");
      await waitFor(events, { type: "text", text: /^on$/ });
    });
    await server.close();
  });
});

describe("check", { timeout: 180_000 }, () => {
  let folder: string;
  before(async () => folder = await mkdtemp(join(tmpdir(), "cli-")));
  after(() => rm(folder, { recursive: true }));

  async function checkAll(server: WebSocketServer, ...flags: readonly string[]): Promise<void> {
    const { code, output, errors } = await run(["check", ...flags]);
    await server.close();
    assert.match(output, /(\d+) of \1 as RFC 6455 asks\n$/, errors);
    assert.equal(code, 0);
  }

  it("sends its header fields with each case", patience, async () => {
    const server = await serve(
      { onRefuse: () => {} },
      ({ headers }) =>
        headers.get("Authorization") === "Bearer 1" ? echo : new Response(null, { status: 401 }),
    );
    await checkAll(server, server.url, "-H", "Authorization: Bearer 1");
  });

  it("trusts its certificate for each case", patience, async () => {
    const { cert, key } = fixtures;
    const server = await serve({ tls: { cert, key } }, echo);
    await checkAll(server, `wss://localhost:${server.port}/`, "--ca", CA_FILE);
  });

  it("reaches a unix socket", patience, async () => {
    const path = join(folder, "socket");
    await checkAll(await serve({ path }, echo), `ws+unix:${path}:/`);
  });

  it("says that it goes without a proxy", patience, async () => {
    const { code, errors } = await run(["check", "ws://localhost/", "--proxy", "http://p:1"]);
    assert.equal(code, 2);
    assert.match(errors, /without a proxy/);
  });
});
