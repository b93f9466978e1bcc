/**
 * A server under a load that others wrote, and its memory meanwhile. Linux only: memory is
 * read from `/proc`.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { type Command, run, startServer, withArguments } from "../lib/process.ts";

const SAMPLE_MS = 100;
const SETTLE_MS = 1_500;
const LOAD_MS = 1_800_000;

/** Resident memory of a process, in MiB. */
export function readRss(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? NaN) / 1024;
}

/** The effect of a load on a server. */
export interface Measured {
  /** MiB after a first connection of a few messages. */
  readonly cold: number;
  /** MiB after a first load: the runtime's collector has taken the room that it works in. */
  readonly idle: number;
  /** MiB while the load went on, with the share of it that was done. */
  readonly samples: readonly { readonly done: number; readonly rss: number }[];
  /** MiB at the end, the connections closed. */
  readonly after: number;
  /** Bytes that were sent when the server took no more, of a load that does not read. */
  readonly stalledBytes: number;
  /** The most that was sent and not yet received back, in bytes. */
  readonly leadBytes: number;
  readonly seconds: number;
  /** The first error; `""` if every byte came back. */
  readonly failure: string;
}

/** A load: arguments of `peer load URL`. */
export interface Load {
  readonly messages: number;
  readonly arguments: readonly string[];
  /** A load of the same kind, to be over in seconds. */
  readonly warmUp: readonly string[];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts a server, loads it, and ends it. */
export async function measure(server: Command, peer: string, load: Load): Promise<Measured> {
  const running = await startServer(server);
  const command: Command = { file: peer, arguments: ["load", running.url] };
  try {
    const idleAfter = async (list: readonly string[]): Promise<number> => {
      const { code, errors } = await run(withArguments(command, ...list), LOAD_MS);
      if (code !== 0) throw new Error(`warm-up: ${errors}`);
      await pause(SETTLE_MS);
      return readRss(running.pid);
    };
    const cold = await idleAfter(["-messages", "8", "-connections", "1", "-size", "64"]);
    const idle = await idleAfter(load.warmUp);
    const samples: { done: number; rss: number }[] = [];
    let done = 0, stalledBytes = 0, leadBytes = 0, seconds = NaN;
    const sampling = setInterval(
      () => samples.push({ done, rss: readRss(running.pid) }),
      SAMPLE_MS,
    );
    const { code, errors } = await run(
      withArguments(command, "-messages", `${load.messages}`, ...load.arguments),
      LOAD_MS,
      {
        onLine(line) {
          const [word, first, , last] = line.split(" ");
          if (word === "progress") done = Number(first) / load.messages;
          if (word === "stalled") stalledBytes = Number(first);
          if (word === "lead") leadBytes = Number(first);
          if (word === "done") seconds = Number(last);
        },
      },
    ).finally(() => clearInterval(sampling));
    await pause(SETTLE_MS);
    const after = readRss(running.pid);
    const failure = code === 0 ? "" : `ended with ${code}: ${errors.trim()}`;
    return { cold, idle, samples, after, stalledBytes, leadBytes, seconds, failure };
  } finally {
    const errors = await running.stop();
    if (errors.trim() !== "") console.error(errors.slice(0, 2_000));
  }
}
