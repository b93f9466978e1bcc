/**
 * Adds observers to a server.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { Observer } from "./observer.ts";
import { describe } from "../options.ts";
import { type Tappable, tappableOf } from "../server/tap.ts";
import { Hub } from "./hub.ts";

/** A server of `serve`, or a mount. */
export interface ObservableServer {
  /** The open connections. */
  readonly connections: ReadonlySet<WebSocketConnection>;
}

/**
 * Calls an observer for all connections of a server that open from now on, and for refused
 * handshakes.
 *
 * @param server A server of `serve`, or a mount.
 * @returns A function that removes the observer.
 * @throws {TypeError} if `server` is none of these, or a method of the observer is no function.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { observe } from "@fullduplex/websocket/observe";
 *
 * const server = await serve({}, { message: (connection, text) => connection.send(text) });
 * const stop = observe(server, {
 *   onRefuse: ({ rule }) => console.log("refused:", rule),
 *   onClose: ({ closing, durationMs }) => console.log("closed:", closing.code, durationMs),
 * });
 * stop();
 * await server.close();
 * ```
 */
export function observe(server: ObservableServer, observer: Observer): () => void {
  const tappable = findTappable(server, "observe");
  if (typeof observer !== "object" || observer === null) {
    throw new TypeError(`observe: observer must be an object, not ${describe(observer)}`);
  }
  for (const [name, method] of Object.entries(observer)) {
    if (!name.startsWith("on") || method === undefined || typeof method === "function") continue;
    throw new TypeError(`observe: ${name} must be a function, not ${describe(method)}`);
  }
  const hub = tappable.tap instanceof Hub ? tappable.tap : new Hub(tappable);
  hub.add(observer);
  tappable.tap = hub;
  return () => {
    hub.delete(observer);
    if (hub.isEmpty && tappable.tap === hub) tappable.tap = null;
  };
}

/** Finds the internal interface of a server. */
export function findTappable(server: ObservableServer, call: string): Tappable {
  const tappable = server?.connections instanceof Set ? tappableOf(server.connections) : null;
  if (tappable !== null) return tappable;
  throw new TypeError(`${call}: server must be a server of serve() or a mount`);
}
