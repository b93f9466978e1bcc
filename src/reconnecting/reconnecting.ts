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
  const {
    firstDelayMs,
    maxDelayMs,
    stableMs,
    maxAttempts,
    shouldRetry,
    onAttempt,
    onResume,
    ...rest
  } = all;
  const delays = { firstDelayMs, maxDelayMs, stableMs, maxAttempts };
  const reconnect = resolveReconnectOptions({ ...delays, shouldRetry, onAttempt, onResume });
  const { resume = false, ...options } = rest;
  const signal = options.signal ?? new AbortController().signal;
  const makeSource = async (): Promise<Source> => {
    if (!resume) return new Attempts(host, { url, options, reconnect, signal });
    // Loaded late: who does not resume does not pay for it.
    const { ResumingClient } = await import("./resuming.ts");
    return new ResumingClient(host, url, { options, reconnect, isOne: false });
  };
  return iterate(makeSource, signal);
}

/** Where the connections come from. */
interface Source {
  next(ended?: CloseInfo): Promise<WebSocketConnection>;
  /** Drops a connection that does not answer after the machine has slept. */
  watch?(connection: WebSocketConnection): () => void;
  /** No more are wanted. */
  stop?(): void;
}

async function* iterate(
  makeSource: () => Promise<Source>,
  signal: AbortSignal,
): AsyncGenerator<WebSocketConnection, void, undefined> {
  const source = await makeSource();
  let ended: CloseInfo | undefined;
  do {
    const connection = await source.next(ended);
    const endWatch = source.watch?.(connection);
    const onAbort = (): void => void connection.close();
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort(); // since the connection was opened
    let isLeft = true;
    try {
      yield connection;
      ended = await connection.closed;
      isLeft = false;
    } finally {
      signal.removeEventListener("abort", onAbort);
      endWatch?.();
      if (isLeft) {
        await connection.close(); // by `break`, `return` or an error
        source.stop?.();
      }
    }
    signal.throwIfAborted();
  } while (!isOwnClose(ended));
  source.stop?.();
}

/** Whether the program itself has closed the connection: that ends the iteration, too. */
export function isOwnClose({ initiator, cause }: CloseInfo): boolean {
  if (initiator !== "local") return false;
  return cause === undefined ||
    cause instanceof WebSocketError && cause.code === "ERR_CLOSE_TIMEOUT";
}
