/**
 * Waits for a WHATWG `WebSocket` that the platform is opening.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import { makeDeferred } from "../promises.ts";
import { WebSocketError } from "../errors.ts";
import { causeOf, type WebSocketLike } from "./web_socket.ts";

/** How long to wait, and for whom. */
export interface OpeningOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const OPEN = 1;

/**
 * Calls `open` in the very turn in which the socket is open, since the next one may bring a
 * message. Rejects when it does not open, and closes it when that takes too long.
 */
export async function whenOpen<T>(
  socket: WebSocketLike,
  { clock, timeoutMs, signal }: OpeningOptions,
  open: () => T,
): Promise<T> {
  if (socket.readyState === OPEN) return open();
  if (socket.readyState > OPEN) throw new WebSocketError("ERR_CLOSED", "the socket is closed");
  const opened = makeDeferred<T>();
  const listeners = new AbortController();
  const whileWaiting = { signal: listeners.signal };
  const fail = (cause?: unknown): void =>
    opened.reject(new WebSocketError("ERR_CONNECT", "the WebSocket did not open", { cause }));
  socket.addEventListener("open", () => opened.resolve(open()), whileWaiting);
  // One or the other: Node 22 has no "close" after it, and a server's socket may have no "error".
  socket.addEventListener("error", (event) => fail(causeOf(event)), whileWaiting);
  socket.addEventListener("close", () => fail(), whileWaiting);
  const onAbort = (): void => opened.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, whileWaiting);
  if (signal?.aborted) onAbort();
  const timer = timeoutMs === Infinity ? null : clock.after(timeoutMs, () => {
    const why = `no connection within ${timeoutMs} ms`;
    opened.reject(new WebSocketError("ERR_HANDSHAKE_TIMEOUT", why));
  });
  try {
    return await opened.promise;
  } catch (error) {
    socket.close(); // of no effect when it is closed
    throw error;
  } finally {
    listeners.abort();
    if (timer !== null) clock.clear(timer);
  }
}
