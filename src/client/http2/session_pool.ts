/**
 * The sessions of clients. A session is opened for the first connection to a server and closed
 * after the last. Another one is opened when the server allows no more streams on the first.
 *
 * @module
 */
import type { Clock, TimerId } from "../../clock.ts";
import type { HeaderList } from "../../handshake/head.ts";
import type { AnswerListeners, ClientSession } from "../../transport/runtime.ts";
import type { Transport } from "../../transport/transport.ts";
import { WebSocketError } from "../../errors.ts";

/** The error for a server without WebSockets over HTTP/2. */
export class NoHttp2Error extends WebSocketError {
  constructor(message: string) {
    super("ERR_HANDSHAKE", message);
  }
}

/** Milliseconds for which a server is remembered as one without HTTP/2. */
const MEMORY_MS = 5 * 60_000;
/** Most servers that are remembered. */
const MOST_REMEMBERED = 1_000;
/**
 * Milliseconds from the end of the last connection to the end of its session, so that the peer can
 * read the remaining bytes.
 */
const LINGER_MS = 100;

/** Options of {@linkcode SessionPool.take}. */
export interface TakeOptions {
  /** Aborts waiting. A session that other connections wait for is opened nevertheless. */
  readonly signal: AbortSignal;
  dial(signal: AbortSignal): Promise<ClientSession>;
}

/** A session that is open or opening, with the number of its streams. */
class PooledSession {
  readonly opened: Promise<ClientSession>;
  readonly dialing = new AbortController();
  streams = 0;
  session: ClientSession | null = null;
  timer: TimerId = null;

  constructor(dial: TakeOptions["dial"]) {
    this.opened = dial(this.dialing.signal);
  }

  /** Whether another stream fits on the session, as far as is known. */
  get hasPlace(): boolean {
    const { session } = this;
    return session === null || (session.isOpen && this.streams < session.maxStreams);
  }
}

/** The permission to open one stream on a session. */
export interface SharedSession {
  /** Opens the stream. Called once. */
  request(fields: HeaderList, listeners: Omit<AnswerListeners, "onClosed">): Transport;
}

/** All sessions of one runtime. */
export class SessionPool {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Set<PooledSession>>();
  readonly #old = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the server is remembered as one without HTTP/2. */
  isKnownAsOld(place: string): boolean {
    return (this.#old.get(place) ?? -Infinity) > this.#clock.now();
  }

  /** Reserves a stream on a session. Rejects with {@linkcode NoHttp2Error}, or as `dial` does. */
  async take(place: string, options: TakeOptions): Promise<SharedSession> {
    const { signal } = options;
    for (;;) {
      const pooled = this.#find(place) ?? this.#add(place, options);
      pooled.streams++;
      this.#stopTimer(pooled);
      try {
        const session = await orAborted(pooled.opened, signal);
        if (!session.allowsConnect) throw this.#remember(place, noSetting());
        // More connections may have waited than the server allows streams.
        if (session.isOpen && pooled.streams <= session.maxStreams) {
          return this.#share(pooled, place);
        }
        this.#release(pooled, place);
      } catch (error) {
        this.#release(pooled, place);
        if (error instanceof WebSocketError && error.code === "ERR_HANDSHAKE") {
          throw this.#remember(place, new NoHttp2Error(error.message));
        }
        throw error;
      }
    }
  }

  #find(place: string): PooledSession | undefined {
    return [...this.#sessions.get(place) ?? []].find((pooled) => pooled.hasPlace);
  }

  #add(place: string, { dial }: TakeOptions): PooledSession {
    const pooled = new PooledSession(dial);
    const all = this.#sessions.get(place) ?? new Set();
    this.#sessions.set(place, all.add(pooled));
    pooled.opened.then(
      (session) => {
        pooled.session = session;
        if (pooled.streams === 0) this.#linger(pooled, place);
      },
      () => this.#forget(pooled, place),
    );
    return pooled;
  }

  #share(pooled: PooledSession, place: string): SharedSession {
    return {
      request: (fields, listeners) => {
        const onClosed = (): void => this.#release(pooled, place);
        return pooled.session!.request(fields, { ...listeners, onClosed });
      },
    };
  }

  #release(pooled: PooledSession, place: string): void {
    if (--pooled.streams > 0) return;
    if (pooled.session !== null) return this.#linger(pooled, place);
    this.#forget(pooled, place); // now, so that the next connection does not wait for this session
    pooled.dialing.abort(new DOMException("not wanted", "AbortError"));
  }

  #linger(pooled: PooledSession, place: string): void {
    this.#stopTimer(pooled);
    pooled.timer = this.#clock.after(LINGER_MS, () => {
      this.#forget(pooled, place);
      pooled.session?.close();
    });
  }

  #stopTimer(pooled: PooledSession): void {
    if (pooled.timer !== null) this.#clock.clear(pooled.timer);
    pooled.timer = null;
  }

  #forget(pooled: PooledSession, place: string): void {
    const all = this.#sessions.get(place);
    all?.delete(pooled);
    if (all?.size === 0) this.#sessions.delete(place);
  }

  #remember(place: string, error: NoHttp2Error): NoHttp2Error {
    this.#old.delete(place);
    this.#old.set(place, this.#clock.now() + MEMORY_MS);
    if (this.#old.size > MOST_REMEMBERED) this.#old.delete([...this.#old.keys()][0]!);
    return error;
  }
}

function noSetting(): NoHttp2Error {
  return new NoHttp2Error(
    "the server does not allow WebSockets over HTTP/2 (SETTINGS_ENABLE_CONNECT_PROTOCOL, RFC 8441 section 3)",
  );
}

/** Waits for the session until the signal is aborted. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
