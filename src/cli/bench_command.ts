/**
 * `bench`: keeps a number of messages under way on a number of connections to a server that echoes.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import { connect } from "../../mod.ts";
import { type CommandLine, type Flags, readNumber } from "./arguments.ts";
import { toConnectOptions } from "./connect_options.ts";
import { describeError } from "./hints.ts";
import { Histogram } from "./histogram.ts";
import type { Terminal } from "./terminal.ts";

/** Settings of one run. */
interface Load {
  readonly connections: number;
  readonly inFlight: number;
  readonly message: Message;
  readonly durationMs: number;
}

/** Runs the command. Returns its exit code. */
export async function runBench({ url, flags }: CommandLine, terminal: Terminal): Promise<number> {
  const load = readLoad(flags), options = await toConnectOptions(flags);
  const opened: WebSocketConnection[] = [];
  try {
    while (opened.length < load.connections) {
      const missing = Math.min(50, load.connections - opened.length);
      opened.push(
        ...await Promise.all(Array.from({ length: missing }, () => connect(url, options))),
      );
      terminal.progress(`${opened.length} of ${load.connections} connections`);
    }
  } catch (error) {
    terminal.progress("");
    terminal.note(`after ${opened.length} connections: ${describeError(error)}`);
    for (const connection of opened) connection.abort();
    return 1;
  }
  const times = new Histogram(), started = performance.now();
  const progress = setInterval(() => {
    const seconds = (performance.now() - started) / 1000;
    terminal.progress(`${seconds.toFixed(0)} s, ${(times.total / seconds).toFixed(0)} messages/s`);
  }, 500);
  const lost = await Promise.all(opened.map((connection) => echo(connection, load, times)));
  clearInterval(progress);
  terminal.progress("");
  const seconds = (performance.now() - started) / 1000;
  report({ load, times, seconds, lost: lost.filter((isLost) => isLost).length, flags }, terminal);
  await Promise.all(opened.map((connection) => connection.close()));
  return lost.includes(true) ? 1 : 0;
}

function readLoad(flags: Flags): Load {
  const size = readNumber("size", flags.size, 0);
  return {
    connections: readNumber("connections", flags.connections, 1),
    inFlight: readNumber("in-flight", flags["in-flight"], 1),
    message: flags.text ? "x".repeat(size) : new Uint8Array(size).fill(120),
    durationMs: readNumber("duration", flags.duration, 0.1) * 1000,
  };
}

/** Sends messages until the time is up. Returns `true` if the connection was lost. */
async function echo(
  connection: WebSocketConnection,
  { inFlight, message, durationMs }: Load,
  times: Histogram,
): Promise<boolean> {
  const sentAt: number[] = [], until = performance.now() + durationMs;
  for (let i = 0; i < inFlight; i++) {
    sentAt.push(performance.now());
    void connection.send(message);
  }
  while (sentAt.length > 0) {
    const answer = await connection.read({ timeoutMs: 10_000 }).catch(() => null);
    if (answer === null) return true;
    const now = performance.now();
    times.add(now - sentAt.shift()!);
    if (now >= until) continue;
    sentAt.push(now);
    await connection.send(message);
  }
  return false;
}

interface Report {
  readonly load: Load;
  readonly times: Histogram;
  readonly seconds: number;
  readonly lost: number;
  readonly flags: Flags;
}

function report({ load, times, seconds, lost, flags }: Report, terminal: Terminal): void {
  const perSecond = times.total / seconds;
  const result = {
    connections: load.connections,
    inFlight: load.inFlight,
    bytes: load.message.length,
    messages: times.total,
    messagesPerSecond: Math.round(perSecond),
    mebibytesPerSecond: Number((perSecond * load.message.length / 2 ** 20).toFixed(2)),
    p50Ms: round(times.quantile(0.5)),
    p90Ms: round(times.quantile(0.9)),
    p99Ms: round(times.quantile(0.99)),
    maxMs: round(times.max),
    lostConnections: lost,
  };
  if (flags.json) return terminal.print(JSON.stringify(result));
  for (const [name, value] of Object.entries(result)) {
    terminal.print(`${name.padEnd(20)} ${String(value).padStart(12)}`);
  }
  terminal.print("\nround trips");
  for (const line of times.draw(12)) terminal.print(line);
}

function round(ms: number): number {
  return Number(ms.toPrecision(3));
}
