/**
 * What mounts on servers of the user's have in common.
 *
 * @module
 */
import type { AsyncDisposableLike } from "../disposable.ts";
import type { WebSocketConnection } from "../handler.ts";
import { DEFAULT_DRAIN_MS } from "../defaults.ts";
import { CLOSE_CHECKS, type ServerCloseOptions } from "./serve_options.ts";
import { atLeast } from "../options.ts";
import { checkOptions } from "../connection/option_checks.ts";

/** WebSockets of a server that belongs to somebody else. */
export interface Mount extends AsyncDisposableLike {
  /** The open connections. */
  readonly connections: ReadonlySet<WebSocketConnection>;
  /**
   * Refuses what is new with 503, tells every connection 1001, waits for them, then drops
   * what is left. The server goes on; closing it does not close its WebSockets.
   */
  close(options?: ServerCloseOptions): Promise<void>;
}

/** The part of an `Upgrader` that every mount shows, so that public declarations do not lead to all of it. */
interface ConnectionsOwner {
  readonly connections: ReadonlySet<WebSocketConnection>;
  close(timeoutMs: number): Promise<void>;
}

/** Makes the common part of a mount. */
export function makeMount(owner: ConnectionsOwner): Mount {
  let closing: Promise<void> | null = null;
  const close = async (options: ServerCloseOptions = {}): Promise<void> => {
    checkOptions("close", options, CLOSE_CHECKS);
    const { timeoutMs = DEFAULT_DRAIN_MS } = options;
    return await (closing ??= owner.close(atLeast(0, "timeoutMs", timeoutMs)));
  };
  return { connections: owner.connections, close, [Symbol.asyncDispose]: () => close() };
}
