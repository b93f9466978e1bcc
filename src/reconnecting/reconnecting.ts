/**
 * Connection after connection, as an iteration.
 *
 * @module
 */
import type { CloseInfo, WebSocketConnection } from "../handler.ts";
import type { ReconnectHost } from "./host.ts";
import { WebSocketError } from "../errors.ts";
import { Attempts } from "./attempts.ts";
import {
  type AttemptOptions,
  type AttemptUrl,
  type ReconnectOptions,
  resolveReconnectOptions,
} from "./options.ts";

/** Options of `reconnecting`: those of `connect`, and when to try again. */
export interface ReconnectingOptions extends AttemptOptions, ReconnectOptions {}

/** Starts the iteration; see `reconnecting` of the entry point. Throws for wrong options at once. */
export function startReconnecting(
  host: ReconnectHost,
  url: AttemptUrl,
  all: ReconnectingOptions,
): AsyncGenerator<WebSocketConnection, void, undefined> {
  const { firstDelayMs, maxDelayMs, stableMs, maxAttempts, shouldRetry, onAttempt, ...options } =
    all;
  const delays = { firstDelayMs, maxDelayMs, stableMs, maxAttempts };
  const reconnect = resolveReconnectOptions({ ...delays, shouldRetry, onAttempt });
  const signal = options.signal ?? new AbortController().signal;
  return iterate(new Attempts(host, { url, options, reconnect, signal }), signal);
}

async function* iterate(
  attempts: Attempts,
  signal: AbortSignal,
): AsyncGenerator<WebSocketConnection, void, undefined> {
  let ended: CloseInfo | undefined;
  do {
    const connection = await attempts.next(ended);
    const endWatch = attempts.watch(connection);
    const onAbort = (): void => void connection.close();
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort(); // since the connection was opened
    try {
      yield connection;
      ended = await connection.closed;
    } finally {
      signal.removeEventListener("abort", onAbort);
      endWatch();
      await connection.close(); // the loop was left by `break`, `return` or an error
    }
    signal.throwIfAborted();
  } while (!isOwnClose(ended));
}

/** Whether the program itself has closed the connection: that ends the iteration, too. */
export function isOwnClose({ initiator, cause }: CloseInfo): boolean {
  if (initiator !== "local") return false;
  return cause === undefined ||
    cause instanceof WebSocketError && cause.code === "ERR_CLOSE_TIMEOUT";
}
