/**
 * One connection object over a sequence of underlying connections.
 *
 * @module
 */
import { tell } from "../connection/report.ts";
import type { Message } from "../message.ts";
import type {
  CloseInfo,
  SendingConnection,
  WebSocketConnection,
  WebSocketHandler,
} from "../handler.ts";
import type { ReconnectHost } from "./host.ts";
import { ReadyState } from "../handler.ts";
import { checkHandler } from "../connection/check_handler.ts";
import { reportOnConsole } from "../connection/context.ts";
import { resolveLimits } from "../connection/limits.ts";
import { type Deferred, isPromise, makeDeferred, markHandled } from "../promises.ts";
import { WebSocketError } from "../errors.ts";
import { attachPausable, type PausableParts } from "../native/attach_pausable.ts";
import { Attempts } from "./attempts.ts";
import {
  type AttemptOptions,
  type AttemptUrl,
  resolveReconnectOptions,
  type StableOptions,
} from "./options.ts";
import { endFor } from "./end_for.ts";
import { QueueingSocket } from "./queueing_socket.ts";
import type { PausableWire } from "../native/pausable_wire.ts";

/** Connects, and stays connected; see `connect` of the entry point. */
export function connectStable(
  host: ReconnectHost,
  url: AttemptUrl,
  { options, reconnect }: { options: AttemptOptions; reconnect: StableOptions },
): Promise<WebSocketConnection> {
  return new StableConnection(host, url, options, reconnect).opened;
}

/** The state of a stable connection. */
class StableConnection {
  readonly #opened = makeDeferred<WebSocketConnection>();
  readonly #stop = new AbortController();
  readonly #parts: Omit<PausableParts, "protocol">;
  readonly #reconnect: StableOptions;
  readonly #attempts: Attempts;
  readonly #socket: QueueingSocket;
  readonly #wire: PausableWire;
  #ended: Deferred<CloseInfo> = makeDeferred(); // the end of the current connection
  #hasOpened = false;

  constructor(
    host: ReconnectHost,
    url: AttemptUrl,
    { handler, ...options }: AttemptOptions,
    reconnect: StableOptions,
  ) {
    this.#reconnect = reconnect;
    const limits = resolveLimits(options), { clock } = host;
    this.#socket = new QueueingSocket({
      ...{ clock, limits },
      canClose: host.canClose,
      onEnd: () => this.#stop.abort(new WebSocketError("ERR_CLOSED", "closed while not connected")),
    });
    this.#wire = this.#socket.wire;
    this.#parts = {
      ...{ clock, limits, wire: this.#wire },
      handler: handler === undefined ? null : checkHandler(handler),
      makePings: (pings) => host.makePings(pings),
      onError: options.onError ?? reportOnConsole,
    };
    const { signal } = options;
    const ends = signal === undefined ? [] : [signal];
    this.#attempts = new Attempts(host, {
      url,
      options: { ...options, handler: this.#makeHandler() },
      reconnect: resolveReconnectOptions(reconnect),
      signal: AbortSignal.any([this.#stop.signal, ...ends]),
    });
    markHandled(this.#opened.promise);
    this.#run(signal);
  }

  get opened(): Promise<WebSocketConnection> {
    return this.#opened.promise;
  }

  /**
   * Makes the handler of each underlying connection, which passes its messages to the stable one.
   */
  #makeHandler(): WebSocketHandler {
    const wire = this.#wire;
    return {
      open: (connection) => this.#connected(connection),
      message({ readyState }, message) {
        wire.onMessage(message);
        // Remaining messages of a closed connection must not delay the next one.
        return wire.isPaused && readyState !== ReadyState.CLOSED ? wire.whenFree() : undefined;
      },
      close: (_connection, closing) => this.#ended.resolve(closing),
    };
  }

  #connected(connection: SendingConnection): void | PromiseLike<void> {
    connection.closed.then(() => this.#wire.release());
    if (!this.#hasOpened) {
      this.#hasOpened = true;
      this.#opened.resolve(
        attachPausable(connection, { ...this.#parts, protocol: connection.protocol }),
      );
    }
    const isReady = this.#reconnect.onConnect?.(connection);
    if (!isPromise(isReady)) return this.#socket.use(connection);
    return isReady.then(() => this.#socket.use(connection));
  }

  async #run(signal: AbortSignal | undefined): Promise<void> {
    const { onDisconnect } = this.#reconnect;
    const onAbort = (): void => this.#socket.drop(signal?.reason);
    let ended: CloseInfo | undefined;
    try {
      for (;;) {
        this.#ended = makeDeferred();
        const connection = await this.#attempts.next(ended);
        signal?.addEventListener("abort", onAbort);
        if (signal?.aborted) onAbort(); // it may have been aborted since the connection opened
        const endWatch = this.#attempts.watch(connection);
        ended = await this.#ended.promise;
        endWatch();
        this.#socket.unuse();
        if (this.#socket.isClosing) return this.#finish(ended);
        const closing = ended;
        tell(() => onDisconnect?.(closing), reportOnConsole);
      }
    } catch (error) {
      if (this.#hasOpened) this.#finish(error);
      else this.#opened.reject(error);
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /**
   * Ends the connection. `cause` is how the last underlying connection ended, or the error of the
   * attempts.
   */
  #finish(cause: unknown): void {
    const unsent: readonly Message[] = this.#socket.takeUnsent();
    if (unsent.length > 0) tell(() => this.#reconnect.onUnsent?.(unsent), reportOnConsole);
    endFor(cause, { wire: this.#wire, isAsked: this.#socket.isClosing });
  }
}
