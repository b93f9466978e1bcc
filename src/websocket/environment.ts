/**
 * What a standard socket needs of its surroundings: connections, tasks, a place. The entry point
 * gives it those of the runtime, tests give it those in memory.
 *
 * @module
 */
import type { ConnectOptions } from "../client/client.ts";
import type { Opening } from "../client/pending_connect.ts";
import type { Tasks } from "./tasks.ts";
import type { OpeningTurns } from "./opening_turns.ts";

/** Where sockets live. */
export interface Environment {
  /** Runs events, each in a task of its own. */
  readonly tasks: Tasks;
  /** Lets one opening handshake go at a time for each host and port. */
  readonly turns: OpeningTurns;
  /** Opens a connection, and attaches it in the very turn in which it is open; rejects as `connect` does. */
  open(url: URL, options: ConnectOptions, opening: Opening): Promise<unknown>;
  /** A `Buffer` of Node over these bytes; missing where the platform has none. */
  toNodeBuffer?(bytes: Uint8Array): Uint8Array;
}

// Of the platform, and not of `globalThis`, which the npm build by dnt would replace.
declare const location: { readonly href: string } | undefined;

/** Address of the program's own document, if it has one: a browser's page or Worker, `deno --location`. */
export function ownLocation(): URL | null {
  return typeof location === "undefined" ? null : new URL(location.href);
}
