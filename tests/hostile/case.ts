/**
 * What an attack is, and how it went.
 *
 * @module
 */
import type { Target } from "./target.ts";

/** How our server accepts connections, or who else does. */
export type AdapterName =
  | "tcp"
  | "tls"
  | "http"
  | "node"
  | "duplex"
  | "native"
  | "other"
  | "client"
  | "client duplex";

/** Adapters whose frames are this library's own, plain. */
export const FRAMED: readonly AdapterName[] = ["tcp", "http", "node", "duplex", "other"];
/** Adapters that read requests themselves. */
export const SERVERS: readonly AdapterName[] = ["tcp", "http"];

/** How an attack ended. */
export interface Outcome {
  readonly isGood: boolean;
  /** What was seen, in a few words: `20 of 20 stay`. */
  readonly saw: string;
  /** Bytes held for each such peer, where that is the question. */
  readonly bytesPerPeer?: number;
  /** The longest time in which others had to wait, where that is the question. */
  readonly stallMs?: number;
}

/** One attack. */
export interface HostileCase {
  /** The kind of fault that it tries: `16`, or `cve`. */
  readonly kind: string;
  /** What the peer does, as a sentence. */
  readonly name: string;
  /** Where it is tried. Default: on all plain adapters. */
  readonly adapters?: readonly AdapterName[];
  /** Programs of ours that fall short because their runtime does, and the reason. */
  readonly known?: Readonly<Record<string, string>>;
  /** Whether the quick run has it: it takes a second or two. */
  readonly isQuick?: boolean;
  /** Options of the server under test. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Options that an adapter does not have. */
  readonly without?: Partial<Record<AdapterName, readonly string[]>>;
  run(target: Target): Promise<Outcome>;
}

/** Says so, and how it went. */
export function outcome(isGood: boolean, saw: string, rest: Partial<Outcome> = {}): Outcome {
  return { isGood, saw, ...rest };
}

/** Waits until it is true, at most so long; gives whether it became true. */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (await isTrue()) return true;
    if (performance.now() > end) return false;
    await pause(25);
  }
}

/** Milliseconds by a timer. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));
