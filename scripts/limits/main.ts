/**
 * What greedy peers cost with each limit and without, on each runtime: the round trip of an honest peer
 * beside them, the server's processor time and memory. Without it a limit could be kept and still not
 * help those whom it is for.
 *
 *     deno task bench:limits [--runtimes deno,bun,node24] [--seconds N]
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { connect as dial, type Socket } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { connect } from "../../mod.ts";
import {
  findRuntime,
  type FoundRuntime,
  isRuntimeName,
  ROOT,
  startArguments,
} from "../lib/runtimes.ts";
import { formatTable } from "../lib/table.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: HOST\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
/** 100 messages of 16 bytes, masked with 0. */
const SMALL = repeat(Uint8Array.of(0x82, 0x90, 0, 0, 0, 0, ...new Uint8Array(16)), 100);
/** One of 64,000 bytes. */
const LARGE = Uint8Array.of(0x82, 0xfe, 0xfa, 0x00, 0, 0, 0, 0, ...new Uint8Array(64_000));

function repeat(bytes: Uint8Array, times: number): Uint8Array {
  const all = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i++) all.set(bytes, i * bytes.length);
  return all;
}

interface Case {
  readonly limit: string;
  readonly options: object;
  readonly peers: number;
  /** One greedy peer, until its socket is destroyed. */
  start(port: number): Socket;
}

/** Sends all the time; what comes back is read. */
function flood(bytes: Uint8Array): Case["start"] {
  return (port) => {
    const socket = dial(
      port,
      "127.0.0.1",
      () => socket.write(REQUEST.replace("HOST", "127.0.0.1")),
    );
    socket.on("error", () => {});
    const go = (): void => {
      while (socket.writable && socket.write(bytes));
    };
    socket.once("data", go);
    socket.on("drain", go);
    socket.resume();
    return socket;
  };
}

/** Opens a connection again and again. */
function knock(host: string): Case["start"] {
  return (port) => {
    let socket: Socket;
    const open = (): Socket => {
      socket = dial(port, "127.0.0.1", () => socket.write(REQUEST.replace("HOST", host)));
      socket.on("error", () => {});
      socket.on("close", () => void setTimeout(() => isOver || open(), 1));
      socket.on(
        "data",
        (head) => String(head).startsWith("HTTP/1.1 101") ? null : socket.destroy(),
      );
      return socket;
    };
    let isOver = false;
    const first = open();
    const destroy = first.destroy.bind(first);
    first.destroy = (error) => {
      isOver = true;
      socket.destroySoon();
      return destroy(error);
    };
    return first;
  };
}

const CASES: readonly Case[] = [
  { limit: "none", options: {}, peers: 20, start: flood(SMALL) },
  {
    limit: "messagesPerSecond: 100",
    options: { messagesPerSecond: 100 },
    peers: 20,
    start: flood(SMALL),
  },
  {
    limit: 'messagesPerSecond: 100, "fail"',
    options: { messagesPerSecond: 100, overRate: "fail" },
    peers: 20,
    start: flood(SMALL),
  },
  { limit: "none", options: {}, peers: 20, start: flood(LARGE) },
  {
    limit: "bytesPerSecond: 64 KiB",
    options: { bytesPerSecond: 65_536 },
    peers: 20,
    start: flood(LARGE),
  },
  {
    limit: "maxConnectionsPerAddress: 10",
    options: { maxConnectionsPerAddress: 10 },
    peers: 50,
    start: knock("127.0.0.1"),
  },
  {
    limit: "allowedHosts",
    options: { allowedHosts: ["127.0.0.1"] },
    peers: 50,
    start: knock("evil.example"),
  },
];

interface Usage {
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly connections: number;
}

async function measure(runtime: FoundRuntime, { limit, options, peers, start }: Case, ms: number) {
  const { kind, path, name } = runtime;
  const file = join(ROOT, "scripts/limits/server.ts");
  const child: ChildProcess = spawn(
    path,
    [...startArguments(kind), file, JSON.stringify(options)],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  const ask = async (): Promise<Usage> => {
    child.stdin!.write("?\n");
    return JSON.parse(String((await lines.next()).value));
  };
  const honest = await connect(`ws://127.0.0.1:${port}/`);
  const greedy = Array.from({ length: peers }, () => start(port));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = await ask(), startedAt = performance.now(), trips: number[] = [];
  while (performance.now() - startedAt < ms) {
    const sentAt = performance.now();
    await honest.send("hello");
    await honest.read();
    trips.push(performance.now() - sentAt);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const after = await ask(), seconds = (performance.now() - startedAt) / 1_000;
  for (const socket of greedy) socket.destroy();
  honest.abort();
  if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
  trips.sort((a, b) => a - b);
  const part = (share: number): string =>
    (trips[Math.floor((trips.length - 1) * share)] ?? 0).toFixed(1);
  const cpu = Math.round((after.cpuMs - before.cpuMs) / seconds / 10);
  return [
    name,
    limit,
    `${peers}`,
    part(0.5),
    part(0.99),
    `${cpu} %`,
    `${after.rssMiB}`,
    `${after.connections}`,
  ];
}

const { values } = parseArgs({
  options: {
    runtimes: { type: "string", default: "deno,bun,node24" },
    seconds: { type: "string", default: "3" },
  },
});
const rows = [["runtime", "limit", "greedy", "honest p50 ms", "p99 ms", "CPU", "MiB", "open"]];
for (const name of values.runtimes.split(",")) {
  if (!isRuntimeName(name)) throw new RangeError(`Unknown runtime "${name}"`);
  const runtime = await findRuntime(name);
  for (const row of CASES) rows.push(await measure(runtime, row, Number(values.seconds) * 1_000));
}
console.log(formatTable(rows));
process.exit();
