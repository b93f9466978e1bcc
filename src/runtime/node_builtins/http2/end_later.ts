/**
 * A remedy for Deno 2.9.6, which frees a session or a stream while it still reads the frame that
 * has ended it. A peer's GOAWAY or RST_STREAM therefore ends the process
 * (https://github.com/denoland/deno/issues/36788). Here both end a turn later.
 *
 * A GOAWAY destroys the session at once. A RST_STREAM ends the writable side at once, which sends
 * END_STREAM. That closes the stream, and the reading of RST_STREAM then closes it a second time.
 *
 * @module
 */
import type { Http2Session, Http2Stream } from "node:http2";
import process from "node:process";
import { setImmediate } from "node:timers";

const isDeno = process.versions.deno !== undefined;
const known = new WeakSet<Http2Session>();
/** Those whose end is put off. */
const ending = new WeakSet<Http2Session>();

/**
 * Puts off the end of a session, also where the runtime itself ends it. On other runtimes it does
 * nothing.
 */
export function endLater(session: Http2Session): void {
  if (!isDeno || known.has(session)) return;
  known.add(session);
  const close = session.close.bind(session), destroy = session.destroy.bind(session);
  session.close = (callback) => {
    if (callback !== undefined) session.once("close", callback);
    ending.add(session);
    setImmediate(() => close());
  };
  session.destroy = (...reason) => {
    ending.add(session);
    setImmediate(() => destroy(...reason));
  };
}

/**
 * Puts off the END_STREAM of a stream, also where the runtime itself ends it. On other runtimes it
 * does nothing.
 */
export function endStreamLater(stream: Http2Stream): void {
  if (!isDeno || Object.hasOwn(stream, "_final")) return;
  const final = stream._final.bind(stream);
  stream._final = (callback) => void setImmediate(() => final(callback));
}

/** Resets a stream, on Deno in the next turn. */
export function resetLater(stream: Http2Stream, code: number): void {
  const reset = (): void => {
    stream.close(code);
    stream.destroy();
  };
  if (isDeno) setImmediate(reset);
  else reset();
}

/** Whether a session takes no more streams, also if its end is put off. */
export function isEnding(session: Http2Session): boolean {
  return session.closed || session.destroyed || ending.has(session);
}
