/**
 * A remedy for Bun 1.4.5, whose sessions queue what a stream writes while another one waits for its
 * window, and send it only when the peer's next frame comes
 * (https://github.com/oven-sh/bun/pull/43422). Without it one connection that is not read holds its
 * siblings.
 *
 * @module
 */
import type { Http2Session } from "node:http2";
import process from "node:process";

/** Where Bun's sessions keep the object that writes their frames. */
const NATIVE = Symbol.for("::bunhttp2native::");

type WithNative = Partial<Record<typeof NATIVE, { flush?(): void } | null>>;

const isBun = process.versions.bun !== undefined;
const waiting = new Set<Http2Session & WithNative>();

/**
 * Sends in this turn what the session's streams have written. On other runtimes it does nothing.
 */
export function flushSoon(session: Http2Session | undefined): void {
  if (!isBun || session === undefined) return;
  if (waiting.size === 0) queueMicrotask(flushAll);
  waiting.add(session);
}

function flushAll(): void {
  const sessions = [...waiting];
  waiting.clear();
  for (const session of sessions) if (!session.destroyed) session[NATIVE]?.flush?.();
}
