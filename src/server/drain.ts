/**
 * Ends the connections of a server in good order. Handlers are told, Closes are spread so that
 * clients do not reconnect all at once, and connections that remain at the end of the time are
 * dropped.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import type { SendingConnection, WebSocketConnection } from "../handler.ts";
import type { ServerCloseReport, ServerClosing } from "./closing_options.ts";
import { Connection } from "../connection/connection.ts";
import { report } from "../connection/report.ts";
import { WebSocketError } from "../errors.ts";
import { type Deferred, isPromise, makeDeferred } from "../promises.ts";

/** Milliseconds between two groups of Closes. With 10,000 connections in 30 s a group has seven. */
const STEP_MS = 20;

/** The part of a handler that is told that its server closes. */
export interface DrainHandler {
  /** See `WebSocketHandler`. */
  drain?(connection: SendingConnection): unknown;
}

/** Options of {@linkcode Drain}. */
export interface DrainOptions {
  /** The open connections. A connection is removed when it is closed. */
  readonly connections: ReadonlySet<WebSocketConnection>;
  /**
   * The connections, open or closed, whose handlers are running. A connection is removed when its
   * handler has ended.
   */
  readonly atWork: ReadonlySet<object>;
  readonly closing: ServerClosing;
  readonly clock: Clock;
  /** Returns the handler of a connection, if it has `drain`. */
  handlerOf(connection: WebSocketConnection): DrainHandler | undefined;
  /** Returns the connection to close: the inner one that this connection carries, or itself. */
  topOf(connection: WebSocketConnection): WebSocketConnection;
  /** Called with an error that `drain` threw. */
  onError(error: unknown, connection: WebSocketConnection): void;
}

/** Ends all connections of one server. */
export class Drain {
  readonly #options: DrainOptions;
  readonly #total: number;
  readonly #startedAt: number;
  readonly #waiting: Set<WebSocketConnection>; // connections that wait for their Close
  readonly #toldAt = new Map<WebSocketConnection, number>();
  readonly #over: Deferred<void> = makeDeferred();
  #step: TimerId = null;
  #longestMs = 0;
  #forced = 0;
  #isForced = false; // whether the time is up

  constructor(options: DrainOptions) {
    this.#options = options;
    this.#total = options.connections.size;
    this.#startedAt = options.clock.now();
    this.#waiting = new Set(options.connections);
  }

  /**
   * Runs the drain. Fulfilled when no connection is left and all handlers have ended, or the time
   * is up. Never rejects.
   */
  async run(): Promise<ServerCloseReport> {
    const { clock, closing: { timeoutMs }, connections, atWork } = this.#options;
    if (atWork.size > 0) {
      const release = clock.hold?.();
      const timer = timeoutMs === Infinity ? null : clock.after(timeoutMs, () => this.#force());
      for (const connection of connections) this.#tell(connection);
      this.#closeDue();
      if (atWork.size > 0) await this.#over.promise;
      if (timer !== null) clock.clear(timer);
      if (this.#step !== null) clock.clear(this.#step);
      release?.();
    }
    const forced = this.#forced;
    return { drained: this.#total - forced, forced, longestMs: this.#longestMs };
  }

  /** A connection is closed. */
  onClosed(connection: WebSocketConnection): void {
    this.#waiting.delete(connection);
    const toldAt = this.#toldAt.get(connection);
    if (toldAt !== undefined) {
      this.#toldAt.delete(connection);
      this.#longestMs = Math.max(this.#longestMs, this.#options.clock.now() - toldAt);
    }
    if (this.#isForced && this.#options.connections.size === 0) this.#over.resolve();
  }

  /** A handler has ended. */
  onFinished(): void {
    if (this.#options.atWork.size === 0) this.#over.resolve();
  }

  /** Calls `drain` of a handler. The Close waits for its promise. */
  #tell(connection: WebSocketConnection): void {
    const handler = this.#options.handlerOf(connection);
    if (handler?.drain === undefined) return;
    const onFailed = (error: unknown): void =>
      report(() => this.#options.onError(error, connection));
    try {
      const told = handler.drain(connection);
      if (!isPromise(told)) return;
      this.#waiting.delete(connection);
      told.then(undefined, onFailed).then(() => {
        if (this.#options.connections.has(connection)) this.#waiting.add(connection);
        if (this.#step === null) this.#closeDue();
      });
    } catch (error) {
      onFailed(error);
    }
  }

  /**
   * Sends the Closes that are due. They are spread evenly over `spreadMs`, the oldest connections
   * first.
   */
  #closeDue(): void {
    this.#step = null;
    const { clock, closing: { spreadMs } } = this.#options;
    const elapsedMs = clock.now() - this.#startedAt;
    const later = this.#total * (1 - elapsedMs / spreadMs); // Closes that are not due yet
    let due = elapsedMs >= spreadMs ? Infinity : Math.ceil(this.#waiting.size - later);
    for (const connection of this.#waiting) {
      if (due-- <= 0) break;
      this.#close(connection);
    }
    if (this.#waiting.size > 0) this.#step = clock.after(STEP_MS, () => this.#closeDue());
  }

  #close(connection: WebSocketConnection): void {
    const { clock, closing: { code, reason }, topOf } = this.#options;
    this.#waiting.delete(connection);
    this.#toldAt.set(connection, clock.now());
    const top = topOf(connection), core = Connection.coreOf(top);
    if (core === null) top.close(code, reason);
    else core.receiver.whenIdle(() => core.close(code, reason));
  }

  #force(): void {
    const cause = new WebSocketError("ERR_SERVER_CLOSED", "the server was closed");
    this.#isForced = true;
    this.#forced = this.#options.connections.size;
    if (this.#forced === 0) this.#over.resolve();
    for (const connection of this.#options.connections) connection.abort(cause);
  }
}
