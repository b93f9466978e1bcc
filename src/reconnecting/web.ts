/**
 * Reconnecting in browsers and Workers, on the platform's `WebSocket`. Bundlers for browsers use
 * this entry point for `./reconnecting`.
 *
 * @example
 * ```ts
 * import { reconnecting } from "@fullduplex/websocket/reconnecting/web";
 *
 * export async function follow(url: string): Promise<void> {
 *   for await (const connection of reconnecting(url)) {
 *     for await (const message of connection) console.log(message);
 *   }
 * }
 * ```
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import { WebSocketError } from "../errors.ts";
import { connect as connectOnce } from "../runtime/web/connect.ts";
import { makeReconnectHost } from "./host.ts";
import type { AttemptUrl } from "./options.ts";
import { type ReconnectingOptions, startReconnecting } from "./reconnecting.ts";
import { type ReconnectingConnectOptions, startConnect } from "./start_connect.ts";

export type {
  AttemptOptions,
  AttemptUrl,
  PerAttempt,
  ReconnectAttempt,
  ReconnectOptions,
  StableOptions,
} from "./options.ts";
export type { ResumeOutcome } from "../resume/outcome.ts";
export type { ReconnectingOptions } from "./reconnecting.ts";
export type { ReconnectingConnectOptions } from "./start_connect.ts";

const host = /* @__PURE__ */ makeReconnectHost({
  connect: connectOnce,
  makePings() {
    throw new WebSocketError("ERR_NOT_SUPPORTED", "ping, pong: a WHATWG WebSocket has neither");
  },
  canClose: (code) => code === 1000 || code >= 3000, // as WHATWG specifies
  answers: { isFinal: ({ code }) => code === "ERR_NOT_SUPPORTED", retryAfterMs: () => 0 },
});

/**
 * Connects again and again, as `reconnecting` of `./reconnecting` does. A browser does not expose
 * why an attempt failed, so refusals are tried again as well. The event `online`, and a page that
 * becomes visible, end a delay.
 */
export function reconnecting(
  url: AttemptUrl,
  options: ReconnectingOptions = {},
): AsyncGenerator<WebSocketConnection, void, undefined> {
  return startReconnecting(host, url, options);
}

/** `connect` with the additional option `reconnect`, as in `./reconnecting`. */
export async function connect(
  url: AttemptUrl,
  options: ReconnectingConnectOptions = {},
): Promise<WebSocketConnection> {
  return await startConnect(host, url, options);
}
