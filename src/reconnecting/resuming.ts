/**
 * A client's sessions, each over connections that come and go.
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

/** Milliseconds for the server's welcome, as for an opening handshake. */
const WELCOME_MS = 10_000;

/** What sessions are made with. */
export interface ResumingOptions {
  readonly options: AttemptOptions;
  readonly reconnect: StableOptions;
  /** Whether one connection goes on over all sessions, instead of one for each. */
  readonly isOne: boolean;
}

/** Makes session after session. */
export class ResumingClient {
  readonly #host: ReconnectHost;
  readonly #options: ResumingOptions;
  readonly #attempts: Attempts;
  readonly #stop = new AbortController();
  readonly #handler: WebSocketHandler | null;
  #offered: readonly string[] = [];
  #session: ClientSession | null = null;
  #ended = makeDeferred<CloseInfo>(); // of the connection of the moment
  /** Of whoever wants the next session. */
  #waiting: Deferred<WebSocketConnection> | null = null;
  /** A session that is there before it was wanted, or why there is none. */
  #ready: Promise<WebSocketConnection> | null = null;
  #isRunning = false;
  /** The connection of the moment, once the server has welcomed it. */
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
    resolveLimits(rest); // throws at the call
    this.#attempts = new Attempts(host, {
      url,
      options: {
        ...rest,
        allowNoProtocol: true, // a server without resumable() is told by its name
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

  /** The connection of the next session. Rejects as `Attempts.next` does. To be called again when that connection is over. */
  async next(ended?: CloseInfo): Promise<WebSocketConnection> {
    const ready = this.#ready;
    this.#ready = null;
    if (ready !== null) return await ready;
    const waiting = this.#waiting = makeDeferred();
    if (!this.#isRunning) this.#run(ended);
    return await waiting.promise;
  }

  /** No more connections. */
  stop(): void {
    this.#stop.abort(new WebSocketError("ERR_ABORTED", "no more connections are wanted"));
  }

  /** Connects until the session is over. */
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

  /** Returns whether there is nothing to go on with. */
  #onEnded(ended: CloseInfo): boolean {
    const session = this.#session;
    if (session === null) return false;
    session.socket.unuse();
    const isOver = ended.wasClean && !this.#options.isOne;
    if (!session.socket.isClosing && !isOver) {
      if (ended.wasClean) session.forget(); // its server has ended it
      return false;
    }
    session.finish(ended);
    this.#session = null;
    return true;
  }

  /** What each connection is given. */
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
