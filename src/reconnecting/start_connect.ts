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
  { resume = false, reconnect = resume, ...options }: ReconnectingConnectOptions,
): Promise<WebSocketConnection> {
  if (reconnect === false) return await attemptOnce(host, url, options);
  const rules = reconnect === true ? {} : reconnect;
  if (resume) {
    // Loaded late: who does not resume does not pay for it.
    const { ResumingClient } = await import("./resuming.ts");
    return await new ResumingClient(host, url, { options, reconnect: rules, isOne: true }).next();
  }
  return await connectStable(host, url, { options, reconnect: rules });
}
