/**
 * Waits for a WHATWG `WebSocket` that the platform is opening.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import { makeDeferred } from "../promises.ts";
import { WebSocketError } from "../errors.ts";
import { causeOf, type WebSocketLike } from "./web_socket.ts";

/** Options of {@linkcode whenOpen}. */
export interface OpeningOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const OPEN = 1;

/**
 * Calls `open` in the same turn of the event loop in which the socket opens, because a message may
 * arrive in the next turn. Rejects when the socket does not open, and closes it after the timeout.
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
  // Both are needed: Node 22 sends no "close" after "error", and a server's socket sends no
  // "error".
  socket.addEventListener("error", (event) => fail(causeOf(event)), whileWaiting);
  socket.addEventListener("close", () => fail(), whileWaiting);
  const onAbort = (): void => opened.reject(signal?.reason);
  signal?.addEventListener("abort", onAbort, whileWaiting);
  if (signal?.aborted) onAbort();
  const timer = clock.after(timeoutMs, () => { // of Infinity the clock makes 24 days
    const why = `no connection within ${timeoutMs} ms`;
    opened.reject(new WebSocketError("ERR_HANDSHAKE_TIMEOUT", why));
  });
  try {
    return await opened.promise;
  } catch (error) {
    socket.close(); // has no effect on a closed socket
    throw error;
  } finally {
    listeners.abort();
    clock.clear(timer);
  }
}
