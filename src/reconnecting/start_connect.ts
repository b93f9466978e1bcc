/**
 * `connect` with the option `reconnect`.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { ReconnectHost } from "./host.ts";
import { attemptOnce } from "./attempts.ts";
import type { AttemptOptions, AttemptUrl, StableOptions } from "./options.ts";
import { connectStable } from "./stable_connection.ts";

/** Options of `connect`, and whether the connection is to be replaced when it is lost. */
export interface ReconnectingConnectOptions extends AttemptOptions {
  /** `true`, or when to try again and what to tell of it. Default `false`: an ordinary connection. */
  reconnect?: boolean | StableOptions;
}

/** Connects once, or to stay connected. */
export async function startConnect(
  host: ReconnectHost,
  url: AttemptUrl,
  { reconnect = false, ...options }: ReconnectingConnectOptions,
): Promise<WebSocketConnection> {
  if (reconnect === false) return await attemptOnce(host, url, options);
  const rules = reconnect === true ? {} : reconnect;
  return await connectStable(host, url, { options, reconnect: rules });
}
