/**
 * Honest load, churn, peers that do not read, bombs and garbage together, for minutes, on each
 * runtime: no byte of another connection may come, and neither memory nor handles may grow. Without
 * it a leak that needs several kinds of peers at once would first show at a user's.
 *
 *     deno task soak --minutes 20 [--only bun]
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { onRuntime } from "../lib/on_runtime.ts";
import { formatTable } from "../lib/table.ts";
import { type Command, withArguments } from "../lib/process.ts";
import { GC_FLAGS, GIVING_BACK, GROWN_FLAGS } from "./memory_flags.ts";
import { readRss } from "./server.ts";

const CONNECTIONS = 32;
/** Longer than the server waits for a Close, so that its timers are gone. */
const SETTLE_MS = 12_000;
/** Longer than every timeout of the server, for a machine that is busy. */
const MOST_SETTLE_MS = 90_000;
const SAMPLE_MS = 1_000;
/**
 * MiB of growth a minute that count as a leak, over the second half of the time. Runtimes take
 * their room in the first minutes, so that shorter runs say nothing about it.
 */
const MOST_SLOPE = 3, SLOPE_MINUTES = 10;
/** MiB that may be held after the run and a collection, beyond what was held before it. */
const MOST_HELD = 16;
const MIB = 1024 * 1024;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A program that is asked by lines and answers by lines. */
class Program {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor({ file, arguments: list, environment }: Command) {
    this.#child = spawn(file, list, {
      env: { ...process.env, ...environment },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("a program ended");
    return value;
  }

  async ask(line: string): Promise<Record<string, number>> {
    this.#child.stdin!.write(`${line}\n`);
    return JSON.parse(await this.line());
  }

  tell(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** MiB a minute, by least squares. */
function slopeOf(samples: readonly number[]): number {
  const middle = (samples.length - 1) / 2;
  const mean = samples.reduce((sum, rss) => sum + rss, 0) / samples.length;
  let above = 0, below = 0;
  for (const [index, rss] of samples.entries()) {
    above += (index - middle) * (rss - mean);
    below += (index - middle) ** 2;
  }
  return above / below * (60_000 / SAMPLE_MS);
}

/** Waits until the server has told of the end of all connections; gives its figures then. */
async function settle(server: Program): Promise<Record<string, number>> {
  const until = performance.now() + MOST_SETTLE_MS;
  await pause(SETTLE_MS);
  for (;;) {
    const figures = await server.ask("collect");
    const isQuiet = figures.open === 0 && figures.opened === figures.closed;
    if (isQuiet || performance.now() > until) return figures;
    await pause(SAMPLE_MS);
  }
}

/** Runs it on one runtime; returns its row, and whether it is as it must be. */
async function soak(
  runtime: "node24" | "deno" | "bun",
  minutes: number,
): Promise<{ row: string[]; faults: string[] }> {
  const flags = [...GC_FLAGS[runtime], ...GROWN_FLAGS[runtime]];
  const server = new Program({
    ...await onRuntime(runtime, "scripts/soak/mixed_server.ts", flags),
    environment: GIVING_BACK,
  });
  const urls = await server.line();
  const before = await server.ask("collect");
  const clients = new Program(
    withArguments(
      await onRuntime(runtime, "scripts/soak/mixed_clients.ts"),
      urls,
      `${CONNECTIONS}`,
    ),
  );
  try {
    const samples: number[] = [], until = performance.now() + minutes * 60_000;
    while (performance.now() < until) {
      await pause(SAMPLE_MS);
      samples.push(readRss(server.pid));
    }
    clients.tell("stop");
    const { counts, faults } = JSON.parse(await clients.line());
    const after = await settle(server);
    const idle = readRss(server.pid), half = samples.slice(samples.length >> 1);
    const slope = slopeOf(half);
    if (after.open !== 0) faults.push(`${after.open} connections stay`);
    if (after.opened !== after.closed) {
      faults.push(`${after.opened} opened, ${after.closed} closed`);
    }
    if (after.errors !== 0) faults.push(`onError was told ${after.errors} times`);
    if (after.timers! > before.timers! + 3) faults.push(`${after.timers} timers stay`);
    if (after.handles! > before.handles! + 3) faults.push(`${after.handles} handles stay`);
    if (slope > MOST_SLOPE && minutes >= SLOPE_MINUTES) {
      faults.push(`memory grows by ${slope.toFixed(1)} MiB a minute`);
    }
    const held = (after.held! - before.held!) / MIB;
    if (held > MOST_HELD) faults.push(`${held.toFixed(1)} MiB more are held than before`);
    const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
    return {
      faults,
      row: [
        runtime,
        `${minutes}`,
        `${counts.messages}`,
        `${counts.mebibytes}`,
        `${counts.connections}`,
        `${counts.aborts}/${counts.transfers}/${counts.kept}`,
        `${counts.churned}`,
        `${counts.deaf}/${counts.bombs}/${counts.garbage}`,
        [0, 0.25, 0.5, 0.75].map((share) => samples[Math.floor(samples.length * share)]!)
          .concat(samples.at(-1)!, idle)
          .map((rss) => rss.toFixed(0)).join(" "),
        slope.toFixed(2),
        `${mib(before.held!)} ${mib(after.held!)}`,
        `${before.handles}/${before.timers} ${after.handles}/${after.timers}`,
        faults.length === 0 ? "ok" : "FAIL",
      ],
    };
  } finally {
    clients.kill();
    server.kill();
  }
}

const HEAD = [
  "runtime",
  "minutes",
  "messages",
  "MiB",
  "connections",
  "aborts/transfers/kept",
  "churn",
  "deaf/bombs/garbage",
  "RSS: first, quarters, last, idle",
  "MiB/min",
  "held before, after",
  "handles/timers before, after",
  "",
];

/** Runs it on the runtimes whose names contain `only`. Returns an exit code. */
export async function soakMixed(minutes: number, only: string): Promise<number> {
  const rows: string[][] = [], all: string[] = [];
  for (const runtime of ["node24", "deno", "bun"] as const) {
    if (!runtime.includes(only)) continue;
    const { row, faults } = await soak(runtime, minutes);
    rows.push(row);
    all.push(...faults.map((fault) => `${runtime}: ${fault}`));
    console.log(row.join("  "));
  }
  console.log(`\n${formatTable([HEAD, ...rows])}\n`);
  for (const fault of all) console.error(fault);
  return all.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  process.exit(await soakMixed(Number(process.argv[2] ?? 1), process.argv[3] ?? ""));
}
