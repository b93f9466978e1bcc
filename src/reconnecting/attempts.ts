/**
 * The attempts of one client: delays them, counts them, and gives up.
 *
 * @module
 */
import { reportOnConsole } from "../connection/context.ts";
import { tell } from "../connection/report.ts";
import { describe } from "../options.ts";
import type { ConnectOptions } from "../client/client.ts";
import type { CloseInfo, WebSocketConnection } from "../handler.ts";
import type { ReconnectHost } from "./host.ts";
import { makeDeferred } from "../promises.ts";
import { WebSocketError } from "../errors.ts";
import {
  type AttemptOptions,
  type AttemptUrl,
  isCloseInfo,
  type PerAttempt,
  type ResolvedReconnectOptions,
} from "./options.ts";
import { delayRange, isFinal } from "./retry_policy.ts";
import { watchForSleep } from "./sleep_watch.ts";

/** Milliseconds to wait for a pong after the machine has slept. */
const WAKE_PING_MS = 5_000;

/** Options of {@linkcode Attempts}. */
export interface AttemptsOptions {
  readonly url: AttemptUrl;
  readonly options: AttemptOptions;
  readonly reconnect: ResolvedReconnectOptions;
  /** Ends all attempts and waiting. */
  readonly signal: AbortSignal;
}

/** Makes one connection after another. */
export class Attempts {
  readonly #host: ReconnectHost;
  readonly #options: AttemptsOptions;
  #failures = 0; // consecutive failures
  #openedAt = 0;

  constructor(host: ReconnectHost, options: AttemptsOptions) {
    this.#host = host;
    this.#options = options;
  }

  /**
   * Connects, with as many attempts as needed. Rejects with the error of an attempt after which
   * trying again is pointless, with `ERR_RECONNECT` after such a close code or too many failures,
   * or with the signal's reason.
   *
   * @param ended How the last connection ended; `undefined` for the first.
   */
  async next(ended?: CloseInfo): Promise<WebSocketConnection> {
    let cause: unknown = ended;
    if (ended !== undefined) this.#countEnd();
    for (;;) {
      this.#options.signal.throwIfAborted();
      if (cause !== undefined) await this.#mustGoOn(cause);
      await this.#announceAndWait(cause);
      try {
        const { url, options, signal } = this.#options;
        const connection = await attemptOnce(this.#host, url, { ...options, signal });
        this.#openedAt = this.#host.clock.now();
        return connection;
      } catch (error) {
        this.#options.signal.throwIfAborted();
        this.#failures++;
        cause = error;
      }
    }
  }

  /**
   * Drops a connection that does not answer after the machine has slept. Returns a function that
   * ends the watch.
   */
  watch(connection: WebSocketConnection): () => void {
    const { clock } = this.#host;
    return watchForSleep(this.#host, () => {
      const timer = clock.after(WAKE_PING_MS, () => {
        const why =
          `the clock jumped, and the peer did not answer a ping within ${WAKE_PING_MS} ms`;
        connection.abort(new WebSocketError("ERR_KEEPALIVE", why));
      });
      const stop = (): void => clock.clear(timer);
      connection.ping().then(stop, stop); // a platform without pings detects the loss itself
    });
  }

  #countEnd(): void {
    const heldMs = this.#host.clock.now() - this.#openedAt;
    this.#failures = heldMs < this.#options.reconnect.stableMs ? this.#failures + 1 : 0;
  }

  async #mustGoOn(cause: unknown): Promise<void> {
    const { shouldRetry, maxAttempts } = this.#options.reconnect;
    const verdict: unknown = await shouldRetry?.(cause);
    if (verdict !== undefined && typeof verdict !== "boolean") {
      throw new TypeError(`shouldRetry: must return a boolean, not ${describe(verdict)}`);
    }
    if (!(verdict ?? !isFinal(cause, this.#host.answers))) throw toError(cause);
    if (this.#failures < maxAttempts) return;
    const why = `gave up after ${this.#failures} failures in a row`;
    throw new WebSocketError("ERR_RECONNECT", why, { cause });
  }

  async #announceAndWait(cause: unknown): Promise<void> {
    const { reconnect, signal } = this.#options;
    const host = this.#host;
    const { leastMs, mostMs } = cause === undefined
      ? { leastMs: 0, mostMs: 0 }
      : delayRange(cause, this.#failures, reconnect, host);
    const delayMs = leastMs + host.random() * (mostMs - leastMs);
    const attempt = { attempt: this.#failures + 1, delayMs, cause };
    tell(() => reconnect.onAttempt?.(attempt), reportOnConsole);
    if (delayMs <= 0) return;
    const over = makeDeferred<void>();
    const end = (): void => over.resolve();
    const timer = host.clock.after(delayMs, end);
    const endWatch = watchForSleep(host, end), endSigns = host.listenForSigns(end);
    signal.addEventListener("abort", end);
    await over.promise;
    signal.removeEventListener("abort", end);
    endWatch();
    endSigns();
    host.clock.clear(timer);
    signal.throwIfAborted();
  }
}

/** Makes one attempt. */
export async function attemptOnce(
  host: Pick<ReconnectHost, "connect">,
  url: AttemptUrl,
  { headers, protocols, ...rest }: AttemptOptions,
): Promise<WebSocketConnection> {
  const options: ConnectOptions = rest;
  const target = await valueOf(url);
  if (headers !== undefined) options.headers = await valueOf(headers);
  if (protocols !== undefined) options.protocols = await valueOf(protocols);
  return await host.connect(target, options);
}

/**
 * Returns a value or the result of a function. If the function fails, the attempt fails, because
 * for example a token's server may be down, too.
 */
export async function valueOf<T>(source: PerAttempt<T>): Promise<T> {
  if (!isFunction(source)) return source;
  try {
    return await source();
  } catch (cause) {
    if (cause instanceof WebSocketError) throw cause;
    const why = "the function for url, headers or protocols failed";
    throw new WebSocketError("ERR_CONNECT", why, { cause });
  }
}

function isFunction<T>(source: PerAttempt<T>): source is () => T | Promise<T> {
  return typeof source === "function";
}

function toError(cause: unknown): unknown {
  if (!isCloseInfo(cause)) return cause;
  const { code, reason } = cause;
  const why = `gave up: the connection was closed with ${code}${reason && ` (${reason})`}`;
  return new WebSocketError("ERR_RECONNECT", why, { cause });
}
