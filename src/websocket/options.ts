/**
 * Options of sockets.
 *
 * @module
 */
import type { ConnectOptions } from "../client/client.ts";
import { resolveLimits } from "../connection/limits.ts";

/**
 * Options of a socket: those of `connect`, but for what the standard's arguments say.
 * `maxBufferedBytes` is 64 MiB by default: `send()` of the standard cannot be awaited.
 */
export type WebSocketOptions = Omit<ConnectOptions, "protocols" | "handler" | "onError">;

/** Options that are no option of a socket, with what stands for them. */
const ELSEWHERE = {
  protocols: "name them in the second argument",
  handler: "listen to the events",
  onError: "listen to the events",
} as const;

/** Checks options when a socket or a class is made, since what goes wrong later is an event. */
export function checkOptions(options: WebSocketOptions): WebSocketOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`options: must be an object, not ${options}`);
  }
  for (const [name, instead] of Object.entries(ELSEWHERE)) {
    if (name in options) throw new TypeError(`options.${name}: is none of a socket: ${instead}`);
  }
  resolveLimits(options);
  new Headers(options.headers);
  return options;
}
