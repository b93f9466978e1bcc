/**
 * The sessions of a client, each over a sequence of underlying connections.
 *
 * @module
 */
import { tell } from "../connection/report.ts";
import type {
  CloseInfo,
  SendingConnection,
  WebSocketConnection,
  WebSocketHandler,
} from "../handler.ts";
import type { ReconnectHost } from "./host.ts";
import { checkHandler } from "../connection/check_handler.ts";
import { reportOnConsole } from "../connection/context.ts";
import { resolveLimits } from "../connection/limits.ts";
import { WebSocketError } from "../errors.ts";
import { type Deferred, makeDeferred, markHandled } from "../promises.ts";
import {
  isMarked,
  readControl,
  RESUME_PROTOCOL,
  type Welcome,
  writeHello,
} from "../resume/wire_format.ts";
import { Attempts, valueOf } from "./attempts.ts";
import { ClientSession } from "./client_session.ts";
import {
  type AttemptOptions,
  type AttemptUrl,
  resolveReconnectOptions,
  type StableOptions,
} from "./options.ts";

/** Milliseconds to wait for the server's welcome, as for an opening handshake. */
const WELCOME_MS = 10_000;

/** Options of {@linkcode ResumingClient}. */
export interface ResumingOptions {
  readonly options: AttemptOptions;
  readonly reconnect: StableOptions;
  /** Whether one connection object spans all sessions. Otherwise each session has its own. */
  readonly isOne: boolean;
}

/** Makes one session after another. */
export class ResumingClient {
  readonly #host: ReconnectHost;
  readonly #options: ResumingOptions;
  readonly #attempts: Attempts;
  readonly #stop = new AbortController();
  readonly #handler: WebSocketHandler | null;
  #offered: readonly string[] = [];
  #session: ClientSession | null = null;
  #ended = makeDeferred<CloseInfo>(); // the end of the current connection
  /** The caller that waits for the next session. */
  #waiting: Deferred<WebSocketConnection> | null = null;
  /** A session that was ready before `next` was called, or its error. */
  #ready: Promise<WebSocketConnection> | null = null;
  #isRunning = false;
  /** The current connection, after the server has welcomed it. */
  #welcomedBy: SendingConnection | null = null;
  #fault: WebSocketError | null = null;

  constructor(host: ReconnectHost, url: AttemptUrl, options: ResumingOptions) {
    this.#host = host;
    this.#options = options;
    const { handler, protocols, signal, resume: _resume, ...rest } = options.options;
    if (options.reconnect.onConnect !== undefined) {
      throw new TypeError(
        "onConnect: not with resume, where the messages of the session come first; use onResume",
      );
    }
    this.#handler = handler === undefined ? null : checkHandler(handler);
    resolveLimits(rest); // checks the options now
    this.#attempts = new Attempts(host, {
      url,
      options: {
        ...rest,
        allowNoProtocol: true, // the error for a server without `resumable()` is made here
        protocols: async () => {
          const wanted = protocols === undefined ? [] : await valueOf(protocols);
          this.#offered = typeof wanted === "string" ? [wanted] : wanted;
          return [RESUME_PROTOCOL, ...this.#offered];
        },
        handler: this.#makeHandler(),
      },
      reconnect: resolveReconnectOptions(options.reconnect),
      signal: AbortSignal.any([this.#stop.signal, ...signal === undefined ? [] : [signal]]),
    });
  }

  /**
   * Resolves to the connection of the next session. Rejects as `Attempts.next` does. Call it again
   * when that connection has ended.
   */
  async next(ended?: CloseInfo): Promise<WebSocketConnection> {
    const ready = this.#ready;
    this.#ready = null;
    if (ready !== null) return await ready;
    const waiting = this.#waiting = makeDeferred();
    if (!this.#isRunning) this.#run(ended);
    return await waiting.promise;
  }

  /** Makes no more connections. */
  stop(): void {
    this.#stop.abort(new WebSocketError("ERR_ABORTED", "no more connections are wanted"));
  }

  /** Makes connections until the session has ended. */
  async #run(before: CloseInfo | undefined): Promise<void> {
    const { isOne, options: { signal } } = this.#options;
    const onAbort = (): void => this.#session?.socket.drop(signal?.reason);
    if (isOne) signal?.addEventListener("abort", onAbort);
    let ended = before;
    this.#isRunning = true;
    try {
      for (;;) {
        this.#ended = makeDeferred();
        const connection = await this.#attempts.next(ended);
        if (isOne && signal?.aborted) onAbort(); // since the connection was opened
        const endWatch = this.#attempts.watch(connection);
        ended = await this.#ended.promise;
        endWatch();
        if (this.#fault !== null) throw this.#fault;
        if (this.#onEnded(ended)) break;
        const closing = ended;
        tell(() => this.#options.reconnect.onDisconnect?.(closing), reportOnConsole);
      }
    } catch (error) {
      this.#session?.finish(error);
      this.#session = null;
      this.#give(markHandled(Promise.reject(error)));
    } finally {
      this.#isRunning = false;
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #give(connection: Promise<WebSocketConnection>): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) this.#ready = connection;
    else connection.then(waiting.resolve, waiting.reject);
  }

  /** Returns whether no session is left to continue. */
  #onEnded(ended: CloseInfo): boolean {
    const session = this.#session;
    if (session === null) return false;
    session.socket.unuse();
    const isFinal = ended.wasClean && !this.#options.isOne;
    if (!session.socket.isClosing && !isFinal) {
      if (ended.wasClean) session.forget(); // the server has ended the session
      return false;
    }
    session.finish(ended);
    this.#session = null;
    return true;
  }

  /** Makes the handler of each underlying connection. */
  #makeHandler(): WebSocketHandler {
    return {
      open: (connection) => this.#sayHello(connection),
      message: (connection, message) => {
        const session = this.#session;
        if (session !== null && connection === this.#welcomedBy) {
          return session.receive(connection, message);
        }
        const control = isMarked(message) ? readControl(message) : null;
        if (control?.type !== "welcome") return void connection.close(1002, "no welcome");
        this.#welcomedBy = connection;
        this.#welcomed(connection, control.welcome);
      },
      close: (_connection, closing) => this.#ended.resolve(closing),
    };
  }

  #sayHello(connection: SendingConnection): void {
    if (connection.protocol !== RESUME_PROTOCOL) {
      const why =
        `resume: the server does not speak ${RESUME_PROTOCOL}; is its handler resumable()?`;
      this.#fault = new WebSocketError("ERR_NOT_SUPPORTED", why);
      return void connection.close();
    }
    const { id, received } = this.#session ?? { id: null, received: 0 };
    const session = id === null ? {} : { session: id };
    connection.send(writeHello({ protocols: this.#offered, ...session, received }));
    const { clock } = this.#host;
    const timer = clock.after(WELCOME_MS, () => {
      if (this.#welcomedBy === connection) return;
      const why =
        `the server did not answer the hello of ${RESUME_PROTOCOL} within ${WELCOME_MS} ms`;
      connection.abort(new WebSocketError("ERR_HANDSHAKE_TIMEOUT", why));
    });
    connection.closed.then(() => clock.clear(timer));
  }

  #welcomed(connection: SendingConnection, welcome: Welcome): void {
    const { reconnect, isOne } = this.#options;
    const session = this.#session;
    if (session !== null && welcome.resumed) {
      if (session.resume(connection, welcome)) {
        tell(() => reconnect.onResume?.({ resumed: true }), reportOnConsole);
      } else connection.close(1002, "impossible offset");
      return;
    }
    if (session !== null && isOne) {
      const lost = session.restart(connection, welcome);
      return tell(() => reconnect.onResume?.({ resumed: false, lost }), reportOnConsole);
    }
    session?.finish(new WebSocketError("ERR_TRANSPORT", "the server no longer knows the session"));
    this.#begin(connection, welcome);
  }

  #begin(connection: SendingConnection, welcome: Welcome): void {
    const { options, reconnect } = this.#options;
    const { clock, canClose, makePings } = this.#host;
    const session = this.#session = new ClientSession(connection, welcome, {
      ...{ clock, canClose, makePings, reconnect },
      handler: this.#handler,
      limits: resolveLimits(options),
      onError: options.onError ?? reportOnConsole,
      onEnd: () => this.#stop.abort(new WebSocketError("ERR_CLOSED", "closed while not connected")),
    });
    this.#give(Promise.resolve(session.connection));
  }
}
