/**
 * The sessions of one server. Limits their number, their idle time, and how many streams a peer may
 * reset (CVE-2023-44487).
 *
 * @module
 */
import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import process from "node:process";
import { setImmediate } from "node:timers";
import { systemClock } from "../../../clock.ts";
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from "../../../defaults.ts";
import { Deadlines } from "../../../server/deadlines.ts";
import type { HandshakeLimits, Http2Limits } from "../../../transport/runtime.ts";
import { endLater, isEnding } from "./end_later.ts";
import { ErrorCode } from "./error_codes.ts";

const DEFAULT_MAX_SESSIONS = 10_000;
/**
 * Most streams that a peer may reset at once. A page that closes resets each of its connections.
 */
const RESETS = 1_024;
/**
 * Resets that are allowed again in each second. A page that is reloaded repeatedly stays below this
 * rate.
 */
const RESETS_PER_SECOND = 64;
/** The largest window, a number of 31 bits (RFC 9113 section 6.9.1). */
const LARGEST_WINDOW = 2 ** 31 - 1;

/** Settings of a new session. */
export interface SessionWindows {
  readonly maxStreams: number;
  readonly streamWindowBytes: number;
}

/** The sessions of a server. */
export class Sessions {
  readonly #all = new Map<ServerHttp2Session, Session>();
  /** The sessions without a stream, which are closed after a timeout. */
  readonly #idle: Deadlines<Session>;
  readonly #maxSessions: number;
  #isClosing = false;

  constructor(
    { handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS, limits }: HandshakeLimits & {
      readonly limits: Http2Limits;
    },
  ) {
    this.#idle = new Deadlines(systemClock, handshakeTimeoutMs);
    this.#maxSessions = limits.maxSessions ?? DEFAULT_MAX_SESSIONS;
  }

  /** Takes a session that has begun. */
  add(native: ServerHttp2Session, { maxStreams, streamWindowBytes }: SessionWindows): void {
    endLater(native);
    native.on("error", () => {}); // faults of the peer, which end the session
    if (this.#isClosing) return refuseSession(native);
    if (this.#all.size >= this.#maxSessions) {
      const [oldest] = this.#idle;
      if (oldest === undefined) return refuseSession(native);
      oldest.timeOut();
    }
    const session = new Session(native);
    this.#all.set(native, session);
    this.#idle.add(session);
    native.once("close", () => {
      this.#all.delete(native);
      this.#idle.delete(session);
    });
    // A connection that is not read fills its own window. The window of the session is large enough
    // for all of them, so that no stream waits for another. Bun 1.4.5 sends nothing more after this
    // call (https://github.com/oven-sh/bun/pull/40180), and its sessions count what has arrived as
    // read.
    if (process.versions.bun === undefined) {
      native.setLocalWindowSize(Math.min(maxStreams * streamWindowBytes, LARGEST_WINDOW));
    }
  }

  /** Counts a new stream of its session. */
  addStream(stream: ServerHttp2Stream): void {
    const native = stream.session;
    const session = native === undefined ? undefined : this.#all.get(native as ServerHttp2Session);
    if (session === undefined) return;
    if (session.streams++ === 0) this.#idle.delete(session);
    stream.once("close", () => {
      if (!stream.writableFinished) session.countReset(); // Bun does not set `aborted` each time
      if (--session.streams > 0 || session.isClosed) return;
      if (this.#isClosing) session.timeOut();
      else this.#idle.add(session);
    });
  }

  /**
   * Sends GOAWAY on all sessions. Those without streams end now, the others after their last
   * stream.
   */
  close(): void {
    this.#isClosing = true;
    this.#idle.stop();
    for (const native of this.#all.keys()) native.close();
  }
}

/**
 * Ends a new session in a later turn, because Node 24 throws if this happens within the `session`
 * event.
 */
function refuseSession(native: ServerHttp2Session): void {
  setImmediate(() => native.destroy(undefined, ErrorCode.EnhanceYourCalm));
}

/** One session. */
class Session {
  streams = 0;
  readonly #native: ServerHttp2Session;
  #resets = 0;
  #countedAt = 0;

  constructor(native: ServerHttp2Session) {
    this.#native = native;
  }

  get isClosed(): boolean {
    return isEnding(this.#native);
  }

  /** Ends the session with GOAWAY. */
  timeOut(): void {
    this.#native.close();
  }

  /** The peer has reset a stream. */
  countReset(): void {
    const now = systemClock.now();
    const forgiven = (now - this.#countedAt) / 1_000 * RESETS_PER_SECOND;
    this.#resets = Math.max(0, this.#resets - forgiven) + 1;
    this.#countedAt = now;
    if (this.#resets > RESETS) {
      this.#native.destroy(undefined, ErrorCode.EnhanceYourCalm);
    }
  }
}
