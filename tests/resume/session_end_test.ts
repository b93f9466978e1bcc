/**
 * How a session ends, and what both sides are told of lost messages.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Message } from "../../src/message.ts";
import type { ResumeOutcome } from "../../src/resume/outcome.ts";
import { WebSocketError } from "../../src/errors.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { itEnds, readAll } from "../helpers/connections.ts";
import { connect, serve } from "./sessions.ts";

describe("the end of a session", () => {
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
});
