/**
 * Three processes of `fanout.ts`, one on each runtime, on one engine that goes away and comes back.
 *
 * @module
 */
import {
  type Engine,
  startNats,
  startRedis,
  startRedisCluster,
} from "../../tests/engines/servers.ts";
import { onRuntime } from "../lib/on_runtime.ts";
import { type RunningServer, startServer, withArguments } from "../lib/process.ts";

/** What carries the topics. */
export type EngineName = "redis" | "cluster" | "nats";

/** Options of {@linkcode startFleet}. */
export interface FleetOptions {
  readonly engine: EngineName;
  /** `redis` or `ioredis`. */
  readonly client: string;
  readonly history: string;
}

/** The servers and their engine. */
export interface Fleet {
  readonly urls: readonly string[];
  /** One node of the engine goes away, by a kill or by SIGSTOP, and comes back. */
  disturb(random: () => number): Promise<string>;
  /** Ends all. Resolves to what the servers have written to their standard error. */
  stop(): Promise<string>;
}

const RUNTIMES = ["node24", "bun", "deno"] as const;

/** Waits. */
export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

async function startEngines(name: EngineName): Promise<readonly Engine[]> {
  if (name === "nats") return [await startNats()];
  return name === "cluster" ? await startRedisCluster() : [await startRedis()];
}

function engineFlags({ engine, client }: FleetOptions, engines: readonly Engine[]): string[] {
  if (engine === "nats") return ["--nats", `127.0.0.1:${engines[0]!.port}`];
  const urls = engines.map(({ port }) => `redis://127.0.0.1:${port}`).join(",");
  return ["--redis", `${urls}?client=${client}`];
}

async function disturb(engines: readonly Engine[], random: () => number): Promise<string> {
  const index = Math.floor(random() * engines.length), engine = engines[index]!;
  const isKilled = random() < 0.5, ms = Math.round(50 + random() * 400);
  if (isKilled) await engine.kill();
  else engine.pause();
  await sleep(ms);
  if (isKilled) await engine.start();
  else engine.resume();
  return `node ${index} ${isKilled ? "killed" : "paused"} for ${ms} ms`;
}

/** Starts an engine, and then the servers one after the other. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const engines = await startEngines(options.engine);
  const more = ["--history", options.history, ...engineFlags(options, engines)];
  const servers: RunningServer[] = [], ends: string[] = [];
  for (const runtime of RUNTIMES) {
    const command = await onRuntime(runtime, "scripts/fanout.ts");
    const server = await startServer(withArguments(command, ...more));
    servers.push(server);
    void server.ended.then((how) => ends.push(`${runtime} ended with ${how}`));
  }
  return {
    urls: servers.map(({ url }) => url),
    disturb: (random) => disturb(engines, random),
    async stop() {
      const early = ends.join(", ");
      const errors = await Promise.all(servers.map((server) => server.stop()));
      await Promise.all(engines.map((engine) => engine.stop()));
      return early + errors.join("");
    },
  };
}
