/**
 * Sessions over real sockets that are reset, servers that are killed, and a network that drops
 * everything.
 *
 * @module
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { connect as connectSocket, createServer, type Socket } from "node:net";
import process from "node:process";
import { describe, it } from "node:test";
import type { WebSocketConnection } from "../../mod.ts";
import { connect } from "../../src/reconnecting/mod.ts";
import type { ResumeOutcome } from "../../src/resume/mod.ts";
import { findFreePort } from "../helpers/daemon.ts";
import { startServerProcess } from "../helpers/server_process.ts";
import { eventually } from "../helpers/waiting.ts";

const patience = { timeout: 120_000 } as const;
const SERVER = "tests/network/resumable_server.ts";

/** A client of the echo server, and what it is told. */
interface Client {
  readonly connection: WebSocketConnection;
  readonly outcomes: ResumeOutcome[];
  /** The echoes, in order. */
  readonly echoes: string[];
  sent: number;
  /** Sends numbered messages until `isDone`, a few at a time. */
  sendUntil(isDone: () => boolean): Promise<void>;
}

/** Notices silence in 600 ms, unless it is given more: a busy machine may be silent for as long. */
async function start(url: string, { pingMs = 300 } = {}): Promise<Client> {
  const outcomes: ResumeOutcome[] = [], echoes: string[] = [];
  const connection = await connect(url, {
    resume: true,
    ...{ pingIntervalMs: pingMs, pongTimeoutMs: pingMs, handshakeTimeoutMs: 2 * pingMs },
    reconnect: {
      ...{ firstDelayMs: 20, maxDelayMs: 200 },
      onResume: (outcome) => void outcomes.push(outcome),
    },
    handler: { message: (_connection, message) => void echoes.push(String(message)) },
  });
  const client: Client = {
    ...{ connection, outcomes, echoes, sent: 0 },
    async sendUntil(isDone) {
      while (!isDone()) {
        await connection.send(`${client.sent++}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
  return client;
}

/** All came back, each once and in order. */
async function judge({ echoes, outcomes, sent, connection }: Client): Promise<void> {
  await eventually("all echoes", () => echoes.length >= sent);
  assert.deepEqual(echoes, Array.from({ length: sent }, (_, index) => `${index}`));
  assert.ok(outcomes.every(({ resumed }) => resumed));
  assert.equal((await connection.close()).wasClean, true);
}

describe("a session", () => {
  it("loses nothing when its transport is reset again and again", patience, async () => {
    const server = await startServerProcess({ file: SERVER, arguments: [] });
    const sockets = new Set<Socket>();
    const relay = createServer((near) => {
      const far = connectSocket(server.port, "127.0.0.1");
      for (const [socket, other] of [[near, far], [far, near]] as const) {
        sockets.add(socket);
        socket.on("data", (chunk) => other.write(chunk));
        socket.on("error", () => {});
        socket.on("close", () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
    const address = relay.address();
    assert.ok(typeof address === "object" && address !== null);
    const client = await start(`ws://127.0.0.1:${address.port}/`);
    for (let cut = 1; cut <= 20; cut++) {
      const until = client.sent + 20;
      await client.sendUntil(() => client.sent >= until);
      for (const socket of sockets) socket.resetAndDestroy();
      await client.sendUntil(() => client.outcomes.length >= cut);
    }
    await judge(client);
    relay.close();
    await server.kill();
  });

  it(
    "tells of the loss when its server is killed, and goes on in a new one",
    patience,
    async () => {
      // Each loss is a kill here: silence counts as none for 20 s.
      const port = await findFreePort(), pingMs = 20_000;
      const startServer = () =>
        startServerProcess({ file: SERVER, arguments: ["127.0.0.1", `${port}`, `${pingMs}`] });
      let server = await startServer();
      const client = await start(`ws://127.0.0.1:${port}/`, { pingMs });
      for (let kill = 1; kill <= 5; kill++) {
        const until = client.sent + 50;
        await client.sendUntil(() => client.sent >= until);
        await server.kill();
        server = await startServer();
        await client.sendUntil(() => client.outcomes.length >= kill);
      }
      await client.connection.send("last");
      await eventually("the last echo", () => client.echoes.at(-1) === "last");
      client.echoes.pop();
      assert.equal(client.outcomes.length, 5);
      assert.ok(client.outcomes.every(({ resumed }) => !resumed));
      const numbers = client.echoes.map(Number);
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].sort((a, b) => a - b),
        "twice, or out of order",
      );
      // What did not come back was told as lost, or was answered by the server that died.
      const told = client.outcomes.flatMap((outcome) =>
        outcome.resumed ? [] : outcome.lost.map(Number)
      );
      const missing = new Set(Array.from({ length: client.sent }, (_, index) => index));
      for (const number of [...numbers, ...told]) missing.delete(number);
      const perKill = missing.size / 5;
      assert.ok(
        perKill <= 128,
        `${missing.size} messages were acknowledged, and their echoes are lost`,
      );
      await client.connection.close();
      await server.kill();
    },
  );

  it("loses nothing when the network drops everything for a while", patience, async () => {
    const name = `fd${process.pid}`, near = `${name}a`, far = `${name}b`;
    const subnet = `10.${100 + process.pid % 100}.${Math.floor(process.pid / 100) % 250}`;
    const ip = (line: string): void => void execFileSync("ip", line.split(" "));
    const inside = ["ip", "netns", "exec", name];
    ip(`netns add ${name}`);
    try {
      ip(`link add ${near} type veth peer name ${far}`);
      ip(`link set ${far} netns ${name}`);
      ip(`addr add ${subnet}.1/30 dev ${near}`);
      ip(`link set ${near} up`);
      for (const line of [`addr add ${subnet}.2/30 dev ${far}`, `link set ${far} up`]) {
        ip(`netns exec ${name} ip ${line}`);
      }
      const args = [`${subnet}.2`, "8080"];
      const server = await startServerProcess({ file: SERVER, arguments: args, before: inside });
      const client = await start(`ws://${subnet}.2:8080/`);
      for (let outage = 1; outage <= 2; outage++) {
        const until = client.sent + 20;
        await client.sendUntil(() => client.sent >= until);
        ip(`netns exec ${name} ip link set ${far} down`);
        const before = performance.now();
        await client.sendUntil(() => performance.now() - before > 1_500);
        ip(`netns exec ${name} ip link set ${far} up`);
        await client.sendUntil(() => client.outcomes.length >= outage);
      }
      await judge(client);
      await server.kill();
    } finally {
      ip(`netns del ${name}`); // and with it the interfaces
    }
  });
});
