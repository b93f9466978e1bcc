/** Sessions of `resumable` and `resume: true`, step by step. @module */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type {
  HandlerProducer,
  SendingConnection,
  WebSocketConnection,
  WebSocketHandler,
} from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import type { ResumeOutcome } from "../../src/resume/outcome.ts";
import { WebSocketError } from "../../src/errors.ts";
import { startReconnecting } from "../../src/reconnecting/reconnecting.ts";
import {
  type ReconnectingConnectOptions,
  startConnect,
} from "../../src/reconnecting/start_connect.ts";
import { makeResumable, type ResumableOptions } from "../../src/resume/resumable.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { isSettled, itEnds, readAll, rejectsWith } from "../helpers/connections.ts";
import { makeTestHost, MemoryNetwork } from "../helpers/memory_network.ts";

interface Served {
  readonly network: MemoryNetwork;
  /** What the handler saw, in order. */
  readonly log: unknown[];
  /** The connections that the handler was given. */
  readonly sessions: SendingConnection[];
  restart(): void;
}

function serve(options: ResumableOptions = {}, produce?: HandlerProducer): Served {
  const log: unknown[] = [], sessions: SendingConnection[] = [];
  const handler: WebSocketHandler = {
    protocol: "chat",
    open: (connection) => {
      log.push("open");
      sessions.push(connection);
    },
    message: (_connection, message) => void log.push(message),
    close: (_connection, { code, wasClean }) => void log.push(`${code} ${wasClean ? "clean" : ""}`),
  };
  let ids = 0;
  const network: MemoryNetwork = new MemoryNetwork(() => null);
  const restart = (): void =>
    network.restart(makeResumable(produce ?? handler, {
      onResume: (_connection, outcome) => void log.push(outcome),
      ...options,
    }, { clock: network.clock, makeId: () => `session-${ids++}` }));
  restart();
  return { network, log, sessions, restart };
}

async function connect(
  { network }: Served,
  options: ReconnectingConnectOptions = {},
): Promise<{ client: WebSocketConnection; outcomes: ResumeOutcome[]; unsent: Message[] }> {
  const outcomes: ResumeOutcome[] = [], unsent: Message[] = [];
  const client = await startConnect(makeTestHost(network), "ws://test/", {
    resume: true,
    reconnect: {
      onResume: (outcome) => void outcomes.push(outcome),
      onUnsent: (messages) => void unsent.push(...messages),
    },
    ...options,
  });
  return { client, outcomes, unsent };
}

async function cutAndReturn({ network }: Served): Promise<void> {
  network.cut();
  await network.clock.advance(2_000);
}

describe("a session", () => {
  itEnds("a session is one connection for both sides over several transports", async () => {
    const served = serve(), { client, outcomes } = await connect(served);
    client.send("a");
    served.sessions[0]!.send("b");
    assert.equal(await client.read(), "b");
    await settle();
    await cutAndReturn(served);
    client.send("c");
    served.sessions[0]!.send(new Uint8Array([1]));
    assert.deepEqual(await client.read(), new Uint8Array([1]));
    const { code, initiator } = await client.close(4000, "bye");
    assert.deepEqual([code, initiator], [4000, "local"]);
    await settle();
    assert.deepEqual(served.log, ["open", "a", { resumed: true }, "c", "4000 clean"]);
    assert.deepEqual(outcomes, [{ resumed: true }]);
    await served.network.clock.advance(60_000);
    assert.equal(served.network.clock.pending, 0);
  });

  itEnds("sends again what was on its way, once and in order", async () => {
    const served = serve(), { network } = served;
    network.delayMs = 10;
    const opened = connect(served);
    await network.clock.advance(100);
    const { client } = await opened;
    for (const text of ["1", "2", "3"]) client.send(text);
    for (const text of ["x", "y"]) served.sessions[0]!.send(text);
    await settle();
    network.cut(); // nothing has arrived
    await settle();
    client.send("4");
    await network.clock.advance(2_000);
    assert.deepEqual(served.log, ["open", { resumed: true }, "1", "2", "3", "4"]);
    assert.deepEqual([await client.read(), await client.read()], ["x", "y"]);
    client.abort();
  });

  itEnds("holds senders back while there is no connection", async () => {
    const served = serve({ bufferBytes: 1_000_000 }), { network } = served;
    const { client } = await connect(served, { maxBufferedBytes: 1_000_000 });
    network.isUp = false;
    network.cut();
    await settle();
    const large = new Uint8Array(300_000);
    const sends = [client.send(large), served.sessions[0]!.send(large)];
    for (const sent of sends) assert.equal(await isSettled(sent), false);
    network.isUp = true;
    await network.clock.advance(2_000);
    await Promise.all(sends);
    await client.close();
  });

  itEnds("does not wait for acknowledgements behind what is not read yet", async () => {
    const served = serve(), { network } = served, { client } = await connect(served);
    served.sessions[0]!.send(new Uint8Array(300_000)); // fills what the client holds
    await settle();
    let sent = 0;
    for (; sent < 6; sent++) {
      assert.ok(await isSettled(client.send(new Uint8Array(300_000))), `${sent}`);
    }
    await network.clock.advance(1_000);
    assert.equal(served.log.length, 1 + sent);
    assert.equal((await client.readBinary())?.length, 300_000);
    await client.close();
  });

  itEnds(
    "goes on reading for acknowledgements, up to its limit, when it may keep no more",
    async () => {
      const served = serve(), { client } = await connect(served, { maxBufferedBytes: 3_000_000 });
      for (let count = 0; count < 4; count++) served.sessions[0]!.send(new Uint8Array(300_000));
      for (let count = 0; count < 6; count++) await client.send(new Uint8Array(300_000));
      assert.equal(client.readyState, 1);
      await client.close();
    },
  );

  itEnds("a session is gone after a restart of the server, and both are told", async () => {
    const served = serve(), { client, outcomes } = await connect(served);
    served.network.isUp = false;
    served.network.cut();
    await settle();
    client.send("never sent");
    served.network.isUp = true;
    served.restart();
    await served.network.clock.advance(2_000);
    assert.deepEqual(outcomes, [{ resumed: false, lost: [] }]);
    assert.equal(
      served.log.at(-1),
      "never sent",
      "what cannot have arrived goes on in the new session",
    );
    assert.equal(client.readyState, 1);
    await client.close();
  });

  itEnds("ends on the server when the client stays away, with what was lost", async () => {
    const served = serve({ seconds: 5 }),
      { network } = served,
      { client, outcomes } = await connect(served);
    network.isUp = false;
    network.cut();
    await settle();
    served.sessions[0]!.send("for you");
    await network.clock.advance(5_000);
    assert.deepEqual(served.log, ["open", { resumed: false, lost: ["for you"] }, "1006 "]);
    const { cause } = await served.sessions[0]!.closed;
    assert.ok(cause instanceof WebSocketError && cause.cause instanceof WebSocketError);
    assert.match(cause.cause.message, /did not come back within 5 seconds/);
    network.isUp = true;
    await network.clock.advance(60_000);
    assert.deepEqual(outcomes, [{ resumed: false, lost: [] }]);
    await client.close();
  });

  itEnds("makes room for others: the one that has waited longest ends", async () => {
    const served = serve({ maxDetached: 1 });
    await connect(served);
    await connect(served);
    served.network.isUp = false;
    served.network.cut();
    await settle();
    assert.equal(served.sessions.filter(({ readyState }) => readyState === 1).length, 1);
    assert.equal(served.sessions[0]!.readyState, 3);
  });

  itEnds("ends with a Close of the server, for good", async () => {
    const served = serve(), { client } = await connect(served, { reconnect: { maxAttempts: 1 } });
    const log: unknown[] = readAll(client) as unknown as unknown[];
    served.sessions[0]!.close(1008, "go");
    const { code, reason, initiator } = await client.closed;
    assert.deepEqual([code, reason, initiator], [1008, "go", "remote"]);
    assert.ok(log);
  });

  itEnds("a session can be closed by the server while the client is away", async () => {
    const served = serve(), { network } = served, { outcomes } = await connect(served);
    network.isUp = false;
    network.cut();
    await settle();
    served.sessions[0]!.send("x");
    await served.sessions[0]!.close();
    assert.deepEqual(served.log.slice(1), [{ resumed: false, lost: ["x"] }, "1006 "]);
    network.isUp = true;
    await network.clock.advance(10_000);
    assert.deepEqual(outcomes, [{ resumed: false, lost: [] }]);
  });

  itEnds("tells what was lost and what was never sent when the client gives up", async () => {
    const served = serve(), { network } = served;
    network.delayMs = 10;
    const unsent: Message[] = [], outcomes: ResumeOutcome[] = [];
    const opened = connect(served, {
      reconnect: {
        maxAttempts: 2,
        onUnsent: (messages) => void unsent.push(...messages),
        onResume: (outcome) => void outcomes.push(outcome),
      },
    });
    await network.clock.advance(100);
    const { client } = await opened;
    client.send("on its way");
    await settle();
    network.isUp = false;
    network.cut();
    await settle();
    client.send("waiting");
    await network.clock.advance(60_000);
    assert.equal((await client.closed).code, 1006);
    assert.deepEqual(outcomes, [{ resumed: false, lost: ["on its way"] }]);
    assert.deepEqual(unsent, ["waiting"]);
  });

  itEnds(
    "a session is taken over by its client, where the server has not noticed the loss",
    async () => {
      const served = serve(), { network } = served, { client } = await connect(served);
      const before = network.connections.length;
      network.transports[0]!.lose = () => {}; // the server's side stays
      client.send("a");
      await settle();
      const { transports } = network;
      transports[0]!.sink.onClose(new Error("lost")); // only the client hears of it
      await network.clock.advance(2_000);
      served.sessions[0]!.send("b");
      assert.equal(await client.read(), "b");
      assert.equal(network.connections.length, before);
      client.abort();
    },
  );

  itEnds("carries texts that begin as the subprotocol's own do", async () => {
    const served = serve(), { client } = await connect(served);
    client.send("\0A7");
    served.sessions[0]!.send("\0W{}");
    assert.equal(await client.read(), "\0W{}");
    assert.deepEqual(served.log, ["open", "\0A7"]);
    await client.close();
  });

  itEnds("has a subprotocol of its own inside", async () => {
    const { client } = await connect(serve(), { protocols: () => ["other", "chat"] });
    assert.equal(client.protocol, "chat");
    await client.close();
    const plain = await connect(serve());
    assert.equal(plain.client.protocol, "");
    await plain.client.close();
  });
});

describe("resumable", () => {
  itEnds("asks a producer for each connection, with the subprotocols inside", async () => {
    const asked: (readonly string[])[] = [];
    let isRefusing = false;
    const served = serve({}, (_request, protocols) => {
      asked.push(protocols);
      return isRefusing ? new Response("no", { status: 401 }) : { message() {} };
    });
    const { client } = await connect(served, { protocols: ["chat"] });
    await cutAndReturn(served);
    isRefusing = true;
    await cutAndReturn(served);
    assert.equal((await client.closed).code, 1006);
    assert.deepEqual(asked, [["chat"], ["chat"], ["chat"]]);
  });

  itEnds("gives other clients the handler as it is", async () => {
    const served = serve();
    const client = await served.network.connect("ws://test/", { protocols: "chat" });
    client.send("plain");
    await settle();
    assert.equal(client.protocol, "chat");
    assert.deepEqual(served.log, ["open", "plain"]);
    await client.close();
  });

  itEnds("throws for wrong options, at the call", () => {
    const make = (options: object) => () => makeResumable({ message() {} }, options);
    assert.throws(make({ second: 5 }), /unknown option "second".*seconds/);
    assert.throws(make({ bufferBytes: 0 }), RangeError);
    assert.throws(make({ onResume: "x" }), TypeError);
    return Promise.resolve();
  });

  itEnds("closes with 1002 for who breaks the subprotocol", async () => {
    const hello = '\0H{"protocols":[],"received":0}';
    for (const messages of [["x"], [hello, "\0x"], [hello, "\0A5"], [hello, hello]]) {
      const served = serve();
      const client = await served.network.connect("ws://test/", { protocols: "resume.fullduplex" });
      for (const message of messages) client.send(message);
      assert.equal((await client.closed).code, 1002);
    }
  });

  itEnds("begins a new session for who claims to have received what was not sent", async () => {
    const served = serve();
    await connect(served);
    const client = await served.network.connect("ws://test/", { protocols: "resume.fullduplex" });
    client.send('\0H{"protocols":[],"session":"session-0","received":7}');
    assert.match(String(await client.read()), /"session":"session-1","resumed":false/);
    client.abort();
  });
});

describe("resume: true", () => {
  itEnds(
    "fails with ERR_NOT_SUPPORTED where the server does not speak the subprotocol",
    async () => {
      const network = new MemoryNetwork({ message() {} });
      const opened = startConnect(makeTestHost(network), "ws://test/", { resume: true });
      const { message } = await rejectsWith(opened, "ERR_NOT_SUPPORTED");
      assert.match(message, /resumable\(\)/);
      await network.clock.advance(20_000);
      assert.equal(network.clock.pending, 0);
    },
  );

  itEnds("tries again where the server does not answer the hello", async () => {
    const network = new MemoryNetwork({ protocol: "resume.fullduplex", message() {} });
    startConnect(makeTestHost(network), "ws://test/", { resume: true }).catch(() => {});
    await network.clock.advance(15_000);
    assert.equal(network.dials, 2);
  });

  itEnds("gives one connection for each session to an iteration", async () => {
    const served = serve(), { network } = served, outcomes: ResumeOutcome[] = [];
    const connections = startReconnecting(makeTestHost(network), "ws://test/", {
      resume: true,
      onResume: (outcome) => void outcomes.push(outcome),
    });
    const first = (await connections.next()).value!;
    await cutAndReturn(served);
    assert.equal(first.readyState, 1);
    served.restart();
    const second = connections.next();
    await network.clock.advance(2_000);
    assert.equal((await first.closed).code, 1006);
    const next = (await second).value!;
    assert.notEqual(next, first);
    next.send("hi");
    await settle();
    assert.equal(served.log.at(-1), "hi");
    assert.deepEqual(outcomes, [{ resumed: true }, { resumed: false, lost: [] }]);
    await connections.return();
    assert.equal((await next.closed).code, 1000);
    await network.clock.advance(60_000);
    assert.equal(network.clock.pending, 0);
  });

  itEnds("refuses onConnect, which would send into the session", async () => {
    const served = serve();
    await assert.rejects(connect(served, { reconnect: { onConnect() {} } }), TypeError);
  });
});
