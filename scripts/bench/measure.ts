/**
 * Runs one cell: starts its server, puts the load on it, and reads the load's report.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, run, type RunningServer, startServer } from "../lib/process.ts";
import { jsonFrames } from "./json_frames.ts";
import { pinned } from "./pinned.ts";
import { CACHE, type Load as LoadGenerator } from "./prepare.ts";
import { busiest, isDisturbed, type LoadReport, type Sample, toSample } from "./samples.ts";
import { commandOf, type Installed } from "./servers.ts";
import type { Cell, Load } from "./workloads.ts";

/** How long and how much. */
export interface Effort {
  readonly seconds: number;
  /** Of each round, before it counts. */
  readonly warmSeconds: number;
  /** Of each server, before its first round: what a compiler at run time needs. */
  readonly firstSeconds: number;
  /** How often a round is repeated when something else had much of the cores. */
  readonly tries: number;
  /** At most so many connections. */
  readonly maxConnections: number;
  /** Until memory is read. */
  readonly settleSeconds: number;
  /**
   * How long idle connections are left alone before they are watched: until the first pings are
   * over, whose code no compiler has seen yet.
   */
  readonly keepaliveSettleSeconds: number;
  /** How long idle connections are watched: one interval of pings. */
  readonly keepaliveSeconds: number;
}

/** Things that all cells need. */
export interface Bench {
  readonly installed: Installed;
  readonly generator: LoadGenerator;
  readonly effort: Effort;
}

/** Rounds with a pace are so much longer: of 1,000 messages one is told of. */
const PACED_TIMES = 2;
const RUN_MS = 180_000;
const FRAMES = join(CACHE, "json.frames");

/** Writes the file of frames that compressed loads send. */
export async function writeFrames(): Promise<void> {
  await writeFile(FRAMES, jsonFrames());
}

/** The command-line arguments of the load. */
export function loadArguments(load: Load, effort: Effort): readonly string[] {
  const connections = Math.min(load.connections, effort.maxConnections);
  const words = ["--connections", String(connections), "--bytes", String(load.bytes)];
  if (load.isText) words.push("--text");
  if (load.content !== undefined) words.push("--content", load.content);
  if (load.isRaw) words.push("--raw");
  if (load.isTls) words.push("--tls");
  if (load.mode === "idle") {
    const message = load.hasMessage ? ["--message"] : [];
    return ["open", ...words, ...message, "--settle", String(effort.settleSeconds)];
  }
  if (load.mode === "keepalive") {
    return ["keepalive", ...words, "--settle", String(effort.keepaliveSettleSeconds)];
  }
  if (load.mode === "handshakes") return ["open", ...words, "--settle", "0"];
  if (load.chunk !== undefined) words.push("--chunk", String(load.chunk));
  if (load.deflate !== undefined) words.push("--extensions", load.deflate, "--frames", FRAMES);
  return [
    load.mode === "fanout" ? "fanout" : "echo",
    ...words,
    "--in-flight",
    String(load.inFlight),
  ];
}

/** A cell with its server, which stays for all rounds. */
export class Station {
  readonly cell: Cell;
  readonly #bench: Bench;
  #server: RunningServer | null = null;
  #client: Command | null = null;

  constructor(cell: Cell, bench: Bench) {
    this.cell = cell;
    this.#bench = bench;
  }

  /** Starts the server; a client instead gets the server of the load generator. */
  async start(): Promise<void> {
    const { load } = this.cell;
    const command = await commandOf(this.cell, this.#bench.installed);
    const [file = "", ...rest] = this.#bench.generator.command;
    if (load.mode !== "client") {
      this.#server = await startServer(pinned(command, "server"));
    } else {
      this.#client = pinned(command, "server");
      const answer = { file, arguments: [...rest, "answer", "--port", "0"] };
      this.#server = await startServer(pinned(answer, "load"));
    }
  }

  /** Ends the server. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = null;
  }

  /** Lets the server get used to its work; messages per second it came to. */
  async warmUp(): Promise<number> {
    const { mode } = this.cell.load;
    const { firstSeconds } = this.#bench.effort;
    if (mode === "idle" || mode === "keepalive" || mode === "client") return 0;
    if (firstSeconds === 0 && mode !== "paced") return 0;
    const half = Math.max(firstSeconds / 2, 0.05), end = performance.now() + firstSeconds * 1000;
    let sample: Sample;
    // Handshakes end when all are open, in a fifth of this time: no compiler is done by then.
    do {
      sample = await this.#load([], { warm: half, seconds: half });
    } while (performance.now() < end);
    return sample.perSecond;
  }

  /** One round. `rate` is for loads with a pace, in messages per second. */
  async measure(rate: number): Promise<Sample> {
    const { load } = this.cell;
    const { seconds, warmSeconds: warm, keepaliveSeconds } = this.#bench.effort;
    if (load.mode === "client") return await this.#measureClient();
    if (load.mode === "paced") {
      return await this.#load(["--rate", String(rate)], { seconds: seconds * PACED_TIMES, warm });
    }
    if (load.mode !== "idle" && load.mode !== "keepalive") {
      return await this.#loadUndisturbed({ seconds, warm });
    }
    // Memory that was used once is used again: only a new process shows what it takes.
    await this.stop();
    await this.start();
    const isWatched = load.mode === "keepalive";
    return await this.#load([], { seconds: isWatched ? keepaliveSeconds : seconds, warm });
  }

  /** Once more when neither had a core to itself: somebody else was there. */
  async #loadUndisturbed(time: { seconds: number; warm: number }): Promise<Sample> {
    const samples: Sample[] = [];
    while (samples.length < this.#bench.effort.tries) {
      samples.push(await this.#load([], time));
      if (!isDisturbed(samples.at(-1)!)) break;
    }
    return samples.reduce((best, sample) => busiest(sample) > busiest(best) ? sample : best);
  }

  async #load(words: readonly string[], time: { seconds: number; warm: number }): Promise<Sample> {
    const { generator, effort } = this.#bench;
    const { url, pid } = this.#server!;
    const [mode = "", ...own] = loadArguments(this.cell.load, effort);
    const [file = "", ...rest] = generator.command;
    const list = [...rest, words.length > 0 ? "paced" : mode, ...own, ...words];
    list.push("--port", new URL(url).port, "--pid", String(pid));
    list.push("--seconds", String(time.seconds), "--warm", String(time.warm));
    return toSample(this.cell.load, await read(pinned({ file, arguments: list }, "load")));
  }

  async #measureClient(): Promise<Sample> {
    const { load } = this.cell;
    const { url, pid } = this.#server!;
    const { seconds, warmSeconds, firstSeconds } = this.#bench.effort;
    const numbers = [
      load.connections,
      load.inFlight,
      load.bytes,
      warmSeconds + firstSeconds,
      seconds,
    ];
    const client = this.#client!;
    const list = [...client.arguments, url, ...numbers.map(String)];
    const before = cpuSeconds(pid);
    const started = performance.now();
    const report = await read({ ...client, arguments: list });
    const share = (cpuSeconds(pid) - before) / ((performance.now() - started) / 1000);
    return toSample(load, { ...report, loadCpuNs: share * report.seconds * 1e9 });
  }
}

async function read(command: Command): Promise<LoadReport> {
  const { code, output, errors } = await run(command, RUN_MS);
  if (code !== 0) throw new Error(`${command.arguments.join(" ")} ended with ${code}\n${errors}`);
  return JSON.parse(output);
}

/** Time of a process so far, of which the system tells hundredths of a second. */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0; // no /proc
  }
}
