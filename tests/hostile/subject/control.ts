/**
 * What a program under test tells of itself: one JSON object a line, in answer to commands
 * that come the same way. Both sides of the channel use these types.
 *
 * @module
 */

/** A command of the harness. */
export type Command =
  | { readonly do: "measure" }
  | { readonly do: "collect" }
  | { readonly do: "close"; readonly timeoutMs: number }
  | {
    readonly do: "connect";
    readonly port: number;
    readonly count: number;
    /** Name of the handler. */
    readonly handler: string;
  };

/** A command with the number that its answer carries. */
export type Numbered = Command & { readonly id: number };

/** The state of a program under test. */
export interface Measured {
  /** Resident memory, bytes. */
  readonly rss: number;
  /** The heap that is in use, and buffers outside of it, bytes. */
  readonly heap: number;
  /** Open connections as the library counts them. */
  readonly connections: number;
  /** Calls of `open` and of `close` so far. */
  readonly opened: number;
  readonly closed: number;
  /** How the last connections ended: `1006 ERR_KEEPALIVE`. */
  readonly ends: readonly string[];
  /** What `onError` was given. */
  readonly errors: readonly string[];
  /** Calls of `fetch`. */
  readonly fetches: number;
  /** What handlers noted: `sent 24`. */
  readonly notes: readonly string[];
  /** The longest time without a turn for timers since the last measurement, milliseconds. */
  readonly stallMs: number;
  /** Processor time since the start, milliseconds. */
  readonly cpuMs: number;
}

/** Time that `close` took; `null` when it was not over in the time of the harness. */
export interface Closed {
  readonly ms: number | null;
}

/** The first line of a server. */
export interface Listening {
  readonly listening: number;
}
