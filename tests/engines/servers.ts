/**
 * Real engines on loopback ports of their own: they can be killed, stopped and started again on
 * the same port. All of them end with the process that has started them.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { findProgram } from "../../scripts/lib/programs.ts";
import { findFreePort } from "../helpers/daemon.ts";

const START_MS = 60_000;
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A server that can go away and come back. */
export interface Engine {
  readonly port: number;
  /** Ends it at once; what it had in memory is gone. */
  kill(): Promise<void>;
  /** It does nothing, and keeps its connections (SIGSTOP). */
  pause(): void;
  /** It goes on (SIGCONT). */
  resume(): void;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Ends it, and deletes its files. */
  stop(): Promise<void>;
}

/** A program that the tests need; says how to install it when it is missing. */
function needProgram(name: string): string {
  const path = findProgram(name);
  if (path !== undefined) return path;
  throw new Error(
    `${name} is missing: deno task test:topics installs it (apt-get install ${name})`,
  );
}

/** Starts a `redis-server` that keeps nothing on disk. */
export async function startRedis(...more: readonly string[]): Promise<Engine> {
  const port = await findFreePort();
  return await startEngine("redis-server", {
    port,
    flags: (folder) => [
      ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no", ...more],
    ],
  });
}

/** A Redis, its replica, and a sentinel that calls the first `primary`. */
export async function startSentinel(): Promise<
  { primary: Engine; replica: Engine; sentinel: Engine }
> {
  const primary = await startRedis();
  const replica = await startRedis("--replicaof", "127.0.0.1", `${primary.port}`);
  const port = await findFreePort(), folder = await mkdtemp(join(tmpdir(), "sentinel-"));
  const file = join(folder, "sentinel.conf");
  await writeFile(
    file,
    [
      `port ${port}`,
      `dir ${folder}`,
      `sentinel monitor primary 127.0.0.1 ${primary.port} 1`,
      "sentinel down-after-milliseconds primary 2000", // a busy machine stands still for less
      "sentinel failover-timeout primary 2000",
      "",
    ].join("\n"),
  );
  const sentinel = await startEngine("redis-server", { port, flags: () => [file, "--sentinel"] });
  for (let tries = 0;; tries++) { // until it knows the replica
    const flags = ["-p", `${port}`, "sentinel", "replicas", "primary"];
    if ((await runToEnd("redis-cli", flags)).includes(`${replica.port}`)) break;
    if (tries > 600) throw new Error("the sentinel does not find the replica");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { primary, replica, sentinel };
}

/** Waits until a replica has all that its primary has been told. */
export async function untilReplicated(primary: Engine, replica: Engine): Promise<void> {
  const read = async ({ port }: Engine, field: string): Promise<string> => {
    const info = await runToEnd("redis-cli", ["-p", `${port}`, "info", "replication"]);
    return new RegExp(`^${field}:(\\S+)`, "m").exec(info)?.[1] ?? "";
  };
  for (let tries = 0;; tries++) {
    const isUp = await read(replica, "master_link_status") === "up";
    const wanted = Number(await read(primary, "master_repl_offset"));
    if (isUp && Number(await read(replica, "slave_repl_offset")) >= wanted) return;
    if (tries > 600) throw new Error("the replica does not follow its primary");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Starts a `nats-server` with JetStream, whose files outlive `kill`. */
export async function startNats(): Promise<Engine> {
  const port = await findFreePort();
  return await startEngine("nats-server", {
    port,
    flags: (folder) => ["-p", `${port}`, "-a", "127.0.0.1", "-js", "-sd", folder],
  });
}

/** Three nodes of a Redis cluster without replicas, and how they are closed. */
export async function startRedisCluster(): Promise<readonly Engine[]> {
  const nodes: Engine[] = [];
  for (let count = 0; count < 3; count++) {
    nodes.push(await startRedis("--cluster-enabled", "yes", "--cluster-node-timeout", "5000"));
  }
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await runToEnd("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"]);
  for (let tries = 0;; tries++) {
    const states = await Promise.all(addresses.map((address) => clusterInfo(address)));
    if (states.every((state) => state.includes("cluster_state:ok"))) return nodes;
    if (tries > 600) throw new Error(`the cluster is not ready:\n${states.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function clusterInfo(address: string): Promise<string> {
  return await runToEnd("redis-cli", ["-p", address.split(":")[1]!, "cluster", "info"]);
}

async function runToEnd(name: string, flags: readonly string[]): Promise<string> {
  const child = spawn(needProgram(name), flags, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => output += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => output += text);
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output}`);
  return output;
}

interface EngineOptions {
  readonly port: number;
  flags(folder: string): readonly string[];
}

async function startEngine(name: string, { port, flags }: EngineOptions): Promise<Engine> {
  const program = needProgram(name);
  const folder = await mkdtemp(join(tmpdir(), "engine-"));
  let child: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    if (child === null) return;
    const ended = new Promise((resolve) => child?.on("close", resolve));
    child.kill("SIGKILL");
    await ended;
    running.delete(child);
    child = null;
  };
  const start = async (): Promise<void> => {
    child = spawn(program, flags(folder), { stdio: "ignore" });
    running.add(child);
    child.on("error", () => {}); // told below, as not listening
    await whenListening(name, port);
  };
  await start();
  return {
    port,
    kill,
    start,
    // Not `child.kill`: on Deno it forgets the process, which then cannot go on.
    pause: () => void (child?.pid !== undefined && process.kill(child.pid, "SIGSTOP")),
    resume: () => void (child?.pid !== undefined && process.kill(child.pid, "SIGCONT")),
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function whenListening(name: string, port: number): Promise<void> {
  const until = performance.now() + START_MS;
  while (!await canConnect(port)) {
    if (performance.now() > until) throw new Error(`${name} does not listen on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
