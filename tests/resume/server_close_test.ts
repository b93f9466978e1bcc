/**
 * Sessions when their server closes: no answer that a handler had begun is lost, and none stays.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type {
  SendingConnection,
  WebSocketConnection,
  WebSocketHandler,
} from "../../src/handler.ts";
import type { ResumeOutcome } from "../../src/resume/outcome.ts";
import { connect, serve } from "../../mod.ts";
import { connect as connectStable, reconnecting } from "../../src/reconnecting/mod.ts";
import { startConnect } from "../../src/reconnecting/start_connect.ts";
import { resumable } from "../../src/resume/mod.ts";
import { makeResumable, type ResumableHost } from "../../src/resume/resumable.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { isSettled, itEnds, readAll } from "../helpers/connections.ts";
import { makeTestHost, MemoryNetwork } from "../helpers/memory_network.ts";
import { eventually } from "../helpers/waiting.ts";

/** Answers each message when the gate opens, and logs what it does. */
function makeHandler(gate: Promise<void>, log: string[]): WebSocketHandler {
  return {
    async message(connection, message) {
      log.push(`begins ${message}`);
      await gate;
      await connection.send(`answer to ${message}`).catch(({ code }) => log.push(code));
      log.push(`ends ${message}`);
    },
    drain: (connection) => connection.send("goodbye"),
    close: (_connection, { code }) => void log.push(`close ${code}`),
  };
}

interface Played {
  readonly network: MemoryNetwork;
  readonly client: WebSocketConnection;
  readonly gate: PromiseWithResolvers<void>;
  readonly log: string[];
  /** The losses that were reported to both sides. */
  readonly outcomes: { readonly server: ResumeOutcome[]; readonly client: ResumeOutcome[] };
  serveAgain(): void;
}

async function play(): Promise<Played> {
  const log: string[] = [], gate = Promise.withResolvers<void>();
  const outcomes: Played["outcomes"] = { server: [], client: [] };
  const network = new MemoryNetwork(() => null);
  const host: ResumableHost = { clock: network.clock, makeId: () => crypto.randomUUID() };
  const onResume = (_connection: SendingConnection, outcome: ResumeOutcome): void =>
    void outcomes.server.push(outcome);
  const serveAgain = (): void =>
    network.restart(makeResumable(makeHandler(gate.promise, log), { onResume }, host));
  serveAgain();
  const client = await startConnect(makeTestHost(network), "ws://test/", {
    resume: true,
    reconnect: { onResume: (outcome) => void outcomes.client.push(outcome) },
  });
  return { network, client, gate, log, outcomes, serveAgain };
}

describe("a server that closes, and its sessions", () => {
  itEnds("lets a handler that is at work answer, before it closes the session", async () => {
    const { network, client, gate, log, outcomes } = await play();
    client.send("1");
    client.send("2"); // comes, and is not begun
    await settle();
    const closing = network.close({ code: 1012 });
    await settle();
    assert.equal(await isSettled(closing), false);
    assert.equal(await client.read(), "goodbye");
    gate.resolve();
    assert.equal(await client.read(), "answer to 1");
    await settle();
    assert.deepEqual(log, ["begins 1", "ends 1", "close 1012"]);
    assert.deepEqual(await closing, { drained: 1, forced: 0, longestMs: 0 });
    assert.deepEqual(outcomes.server, []);
    client.abort();
  });

  itEnds("goes on in a new session with what was never sent, and lost nothing", async () => {
    const { network, client, gate, log, outcomes, serveAgain } = await play();
    gate.resolve();
    client.send("1");
    assert.equal(await client.read(), "answer to 1");
    assert.equal((await network.close({ code: 1012 })).drained, 1);
    client.send("2");
    serveAgain();
    await network.clock.advance(30_000); // 1012 asks for 5 to 30 s
    assert.deepEqual([await client.read(), await client.read()], ["goodbye", "answer to 2"]);
    assert.deepEqual(outcomes, { server: [], client: [{ resumed: false, lost: [] }] });
    assert.deepEqual(log, ["begins 1", "ends 1", "close 1012", "begins 2", "ends 2"]);
    client.abort();
  });

  itEnds("ends those whose clients are away at once, and waits for their handlers", async () => {
    const { network, client, gate, log, outcomes } = await play();
    client.send("1");
    await settle();
    network.isUp = false;
    network.cut();
    await settle();
    const closing = network.close();
    await settle();
    assert.deepEqual(log, ["begins 1"]);
    assert.equal(await isSettled(closing), false);
    assert.deepEqual(outcomes.server, [{ resumed: false, lost: [] }]);
    gate.resolve();
    assert.deepEqual(await closing, { drained: 0, forced: 0, longestMs: 0 });
    assert.deepEqual(log, ["begins 1", "ERR_CLOSED", "ends 1", "close 1006"]);
    client.abort();
    await settle();
    assert.equal(network.clock.pending, 0);
  });

  itEnds("drops a session at the end of the time, and tells what may be lost", async () => {
    const { network, client, log, outcomes } = await play();
    client.send("1");
    await settle();
    const closing = network.close({ timeoutMs: 100 }); // sooner than an acknowledgement
    await network.clock.advance(100);
    assert.deepEqual(await closing, { drained: 0, forced: 1, longestMs: 100 });
    assert.deepEqual(outcomes.server, [{ resumed: false, lost: ["goodbye"] }]);
    assert.deepEqual(log, ["begins 1"]);
    client.abort();
  });

  itEnds("does the same on real sockets", async () => {
    const log: string[] = [], gate = Promise.withResolvers<void>();
    const outcomes: ResumeOutcome[] = [];
    const server = await serve(
      {},
      resumable(makeHandler(gate.promise, log), {
        onResume: (_connection, outcome) => void outcomes.push(outcome),
      }),
    );
    const busy = await connectStable(server.url, { resume: true });
    const plain = await connect(server.url);
    const [idle] = [reconnecting(server.url, { resume: true })];
    const { value: session } = await idle.next();
    for (const connection of [busy, plain]) await connection.send("1");
    await eventually("both handlers are at work", () => log.length === 2);
    const closing = server.close({ spreadMs: 100 });
    const read = Promise.all([session, plain].map((connection) => readAll(connection!)));
    assert.equal(await busy.read(), "goodbye");
    gate.resolve();
    assert.equal(await busy.read(), "answer to 1");
    const { drained, forced } = await closing;
    assert.deepEqual([drained, forced], [3, 0]);
    busy.abort();
    await idle.return();
    assert.deepEqual(await read, [["goodbye"], ["goodbye", "answer to 1"]]);
    assert.deepEqual(outcomes, []);
  });
});
