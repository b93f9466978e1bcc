/**
 * The iteration over connections.
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

/** Options of `reconnecting`: those of `connect`, and those of trying again. */
export interface ReconnectingOptions extends AttemptOptions, ReconnectOptions {}

/**
 * Starts the iteration; see `reconnecting` of the entry point. Throws for wrong options at once.
 */
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
    // Loaded late, because only `resume: true` needs it.
    const { ResumingClient } = await import("./resuming.ts");
    return new ResumingClient(host, url, { options, reconnect, isOne: false });
  };
  return iterate(makeSource, signal);
}

/** The source of the connections. */
interface Source {
  next(ended?: CloseInfo): Promise<WebSocketConnection>;
  /** Drops a connection that does not answer after the machine has slept. */
  watch?(connection: WebSocketConnection): () => void;
  /** Called when no further connection is wanted. */
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
    if (signal.aborted) onAbort(); // it may have been aborted since the connection opened
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

/** Whether the program itself has closed the connection, which ends the iteration. */
export function isOwnClose({ initiator, cause }: CloseInfo): boolean {
  if (initiator !== "local") return false;
  return cause === undefined ||
    cause instanceof WebSocketError && cause.code === "ERR_CLOSE_TIMEOUT";
}
