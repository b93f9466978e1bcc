/**
 * `resumable` on a server and `resume: true` on a client: what they ask, refuse and give.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { ResumeOutcome } from "../../src/resume/outcome.ts";
import { startReconnecting } from "../../src/reconnecting/reconnecting.ts";
import { startConnect } from "../../src/reconnecting/start_connect.ts";
import { makeResumable } from "../../src/resume/resumable.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { itEnds, rejectsWith } from "../helpers/connections.ts";
import { makeTestHost, MemoryNetwork } from "../helpers/memory_network.ts";
import { connect, cutAndReturn, serve } from "./sessions.ts";

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
