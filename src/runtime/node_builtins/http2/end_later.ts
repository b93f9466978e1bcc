/**
 * A remedy for Deno 2.9.6, which frees a session while it still reads the frame that has ended it, so that a peer's
 * GOAWAY ends the process (https://github.com/denoland/deno/issues/36788). Here sessions end in the next turn.
 *
 * @module
 */
import type { Http2Session } from "node:http2";
import process from "node:process";
import { setImmediate } from "node:timers";

const isDeno = process.versions.deno !== undefined;
const known = new WeakSet<Http2Session>();
/** Those whose end is put off. */
const ending = new WeakSet<Http2Session>();

/** Puts off the end of a session, also where the runtime itself ends it. On other runtimes it does nothing. */
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

/** Whether a session takes no more streams, also if its end is put off. */
export function isEnding(session: Http2Session): boolean {
  return session.closed || session.destroyed || ending.has(session);
}
