/**
 * `connect` with the option `reconnect`.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { ReconnectHost } from "./host.ts";
import { checkKnown, type OptionChecks } from "../options.ts";
import { attemptOnce } from "./attempts.ts";
import type { AttemptOptions, AttemptUrl, StableOptions } from "./options.ts";
import { connectStable } from "./stable_connection.ts";

/** Options of `connect`, and whether a lost connection is replaced. */
export interface ReconnectingConnectOptions extends AttemptOptions {
  /**
   * `true` or options to replace lost connections.
   *
   * @default {false} An ordinary connection.
   */
  reconnect?: boolean | StableOptions;
}

/** All options of `reconnect`; their values are checked where they are read. */
const RECONNECT_CHECKS: OptionChecks<StableOptions> = {
  firstDelayMs: null,
  maxDelayMs: null,
  stableMs: null,
  maxAttempts: null,
  shouldRetry: null,
  onAttempt: null,
  onResume: null,
  onConnect: null,
  onDisconnect: null,
  onUnsent: null,
};

/** Connects once, or stays connected. */
export async function startConnect(
  host: ReconnectHost,
  url: AttemptUrl,
  { resume = false, reconnect = resume, ...options }: ReconnectingConnectOptions,
): Promise<WebSocketConnection> {
  if (reconnect === false) return await attemptOnce(host, url, options);
  const rules = reconnect === true ? {} : reconnect;
  checkKnown("reconnect", rules, RECONNECT_CHECKS);
  if (resume) {
    // Loaded late, because only `resume: true` needs it.
    const { ResumingClient } = await import("./resuming.ts");
    return await new ResumingClient(host, url, { options, reconnect: rules, isOne: true }).next();
  }
  return await connectStable(host, url, { options, reconnect: rules });
}
