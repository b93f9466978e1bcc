/**
 * What mounts on servers of the user's have in common.
 *
 * @module
 */
import type { AsyncDisposableLike } from "../disposable.ts";
import type { WebSocketConnection } from "../handler.ts";
import {
  resolveClosing,
  type ServerCloseOptions,
  type ServerCloseReport,
  type ServerClosing,
} from "./closing_options.ts";

/** WebSockets of a server that belongs to somebody else. */
export interface Mount extends AsyncDisposableLike {
  /** The open connections. */
  readonly connections: ReadonlySet<WebSocketConnection>;
  /**
   * Refuses what is new with 503, calls the handlers' `drain`, closes every connection with 1001, waits
   * for them, then drops what is left. The server goes on; closing it does not close its WebSockets.
   *
   * @returns How many connections ended in time, how many were dropped, and how long they took.
   * @throws {TypeError} if an option has the wrong type.
   * @throws {RangeError} if a time makes no sense, or code or reason may not be sent.
   */
  close(options?: ServerCloseOptions): Promise<ServerCloseReport>;
}

/** Facts that the code before the upgrade hands on. */
export interface UpgradeDetails<Context = unknown> {
  /**
   * Any value, a user or a session for example: the `context` of the opening and of the connection.
   * Nothing that a client sends gets into it.
   */
  context?: Context;
}

/** The same for servers that answer requests by a `Response`. */
export interface FetchUpgradeDetails<Context = unknown> extends UpgradeDetails<Context> {
  /**
   * Answers a request that is not this mount's. Of a producer's requests that are also those which
   * the rules refuse, since it might have left them alone.
   *
   * @default {none} The mount answers with its refusal, 404 for a path that is not its own: no other
   * code has a turn after it.
   */
  fallback?: () => Response | Promise<Response>;
}

/** The part of an `Upgrader` that every mount shows, so that public declarations do not lead to all of it. */
interface ConnectionsOwner {
  readonly connections: ReadonlySet<WebSocketConnection>;
  close(closing: ServerClosing): Promise<ServerCloseReport>;
}

/** Makes the common part of a mount. */
export function makeMount(owner: ConnectionsOwner): Mount {
  let closing: Promise<ServerCloseReport> | null = null;
  const close = async (options: ServerCloseOptions = {}): Promise<ServerCloseReport> => {
    const resolved = resolveClosing(options);
    return await (closing ??= owner.close(resolved));
  };
  return {
    connections: owner.connections,
    close,
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}
