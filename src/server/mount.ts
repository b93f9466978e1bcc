/**
 * The common part of the mounts on servers of the application.
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

/** The WebSockets on a server that the application has made. */
export interface Mount extends AsyncDisposableLike {
  /** The open connections. */
  readonly connections: ReadonlySet<WebSocketConnection>;
  /**
   * Refuses new handshakes with 503, calls the handlers' `drain`, closes every connection with
   * 1001, waits for them, and drops the remaining ones. The server itself keeps running. Closing
   * the server does not close its WebSockets.
   *
   * @returns How many connections ended in time, how many were dropped, and how long they took.
   * @throws {TypeError} if an option has the wrong type.
   * @throws {RangeError} if a time makes no sense, or code or reason may not be sent.
   */
  close(options?: ServerCloseOptions): Promise<ServerCloseReport>;
}

/** Details that the application passes with an upgrade. */
export interface UpgradeDetails<Context = unknown> {
  /**
   * Any value, for example a user or a session. It becomes `context` of the opening and of the
   * connection. A client cannot change it.
   */
  context?: Context;
}

/** Details of an upgrade on servers that answer requests by a `Response`. */
export interface FetchUpgradeDetails<Context = unknown> extends UpgradeDetails<Context> {
  /**
   * Answers a request that is not meant for this mount. With a producer, it also answers requests
   * that break a rule, because the producer might have left them alone.
   *
   * @default {none} The mount answers itself: with 404 for a path that is not its own. No other
   *   code can answer after it.
   */
  fallback?: () => Response | Promise<Response>;
}

/**
 * The part of an `Upgrader` that a mount needs. It keeps the whole class out of the public
 * declarations.
 */
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
