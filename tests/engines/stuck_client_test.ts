/**
 * A client of `redis` whose connection is reset in the turn in which a command is sent: it is never
 * ready again, and every later command hangs. Topics must go on all the same.
 *
 * @module
 */
import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { redisBackplane } from "../../src/topics/redis/mod.ts";
import { openRedis } from "../../scripts/topics/clients.ts";
import { Fleet, until } from "./fleet.ts";
import { type Engine, startRedis } from "./servers.ts";

/** Carries bytes to a port, and resets all its connections when it is told to. */
async function startRelay(port: number) {
  const accepted = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(port, "127.0.0.1");
    accepted.add(socket);
    for (const one of [socket, onward]) one.on("error", () => {});
    socket.on("close", () => {
      accepted.delete(socket);
      onward.destroy();
    });
    onward.on("close", () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    port: address.port,
    reset: () => accepted.forEach((socket) => socket.resetAndDestroy()),
    close: () => server.close(),
  };
}

describe("a client of redis that is never ready again", { timeout: 180_000 }, () => {
  let engine: Engine;
  before(async () => void (engine = await startRedis()));
  after(() => engine.stop());

  it("is replaced: what was published arrives", async () => {
    const relay = await startRelay(engine.port);
    const url = `redis://127.0.0.1:${relay.port}`;
    const fleet = await Fleet.open(2, async () => {
      const { client, close } = await openRedis(url);
      return { backplane: redisBackplane(client), close };
    }, { history: { messages: 1_000, seconds: 60 } });
    await fleet.witness("stuck");
    await fleet.publishAll("stuck", 1);
    await fleet.receives(2);
    // From a timer: the reset is read in this turn's I/O, before the command is written.
    const published = await new Promise<{ all: Promise<void> }>((resolve) =>
      setTimeout(() => {
        relay.reset();
        resolve({ all: fleet.publishAll("stuck", 1, 1) });
      })
    );
    await until("all", () => fleet.witnesses.every(({ messages }) => messages.length >= 4));
    await published.all; // a message may come before the engine's answer to its publisher
    await fleet.close();
    relay.close();
  });
});
