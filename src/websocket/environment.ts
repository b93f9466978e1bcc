/**
 * The environment of a standard socket: connections, tasks and a location. The entry point uses
 * those of the runtime, and tests use those in memory.
 *
 * @module
 */
import type { ConnectOptions } from "../client/client.ts";
import type { Opening } from "../client/pending_connect.ts";
import type { Tasks } from "./tasks.ts";
import type { OpeningTurns } from "./opening_turns.ts";

/** The environment of sockets. */
export interface Environment {
  /** Runs events, each in a task of its own. */
  readonly tasks: Tasks;
  /** Allows one opening handshake at a time for each host and port. */
  readonly turns: OpeningTurns;
  /**
   * Opens a connection, and attaches it in the same turn in which it is open. Rejects as `connect`
   * does.
   */
  open(url: URL, options: ConnectOptions, opening: Opening): Promise<unknown>;
  /** Makes a `Buffer` of Node over these bytes. Missing on platforms without `Buffer`. */
  toNodeBuffer?(bytes: Uint8Array): Uint8Array;
}

// Of the platform, and not of `globalThis`, which the npm build by dnt would replace.
declare const location: { readonly href: string } | undefined;

/**
 * The program's location, if it has one: that of a browser's page or Worker, or `deno --location`.
 */
export function ownLocation(): URL | null {
  return typeof location === "undefined" ? null : new URL(location.href);
}
