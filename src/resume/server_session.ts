/**
 * One session on a server: the handler's connection, over a sequence of underlying connections.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import type {
  CloseInfo,
  SendingConnection,
  WebSocketConnection,
  WebSocketHandler,
} from "../handler.ts";
import { ReadyState } from "../handler.ts";
import type { Message } from "../message.ts";
import {
  type InnerConnection,
  type InnerConnections,
  innerConnectionsOf,
} from "../server/inner_connections.ts";
import { resolveLimits } from "../connection/limits.ts";
import { WebSocketError } from "../errors.ts";
import { Pings } from "../framed/pings.ts";
import { attachPausable, endLike } from "../native/attach_pausable.ts";
import type { PausableWire } from "../native/pausable_wire.ts";
import type { ResumeOutcome } from "./outcome.ts";
import { SessionSocket } from "./session_socket.ts";
import { writeWelcome } from "./wire_format.ts";

/** Options of {@linkcode ServerSession}. */
export interface ServerSessionOptions {
  readonly id: string;
  readonly handler: WebSocketHandler;
  /** The subprotocol of the application's messages, or `""`. */
  readonly protocol: string;
  readonly clock: Clock;
  readonly bufferBytes: number;
  readonly seconds: number;
  readonly owner: SessionOwner;
}

/** The owner of sessions. */
export interface SessionOwner {
  onResume(connection: WebSocketConnection, outcome: ResumeOutcome): void;
  onError(error: unknown, connection: WebSocketConnection): void;
  /** The session waits for its client. */
  onDetach(session: ServerSession): void;
  /** The client is there again. */
  onAttach(session: ServerSession): void;
  /** The session has ended. */
  onEnd(session: ServerSession): void;
}

/** One session of a server. */
export class ServerSession implements InnerConnection {
  readonly #options: ServerSessionOptions;
  readonly #socket: SessionSocket;
  readonly #wire: PausableWire;
  /** The handler's connection. */
  readonly #connection: WebSocketConnection;
  /** The underlying connection. */
  #current: SendingConnection | null = null;
  #expiry: TimerId = null;
  #isEnded = false;
  /**
   * The set of inner connections of the underlying connection's server, which waits for the handler
   * when the server closes.
   */
  #server: InnerConnections | null = null;

  /** Begins a session over its first connection. */
  constructor(first: SendingConnection, options: ServerSessionOptions) {
    const { clock, bufferBytes, handler, protocol, owner } = options;
    this.#options = options;
    const limits = resolveLimits({ maxMessageBytes: Infinity, maxBufferedBytes: bufferBytes });
    const socket = this.#socket = new SessionSocket({
      clock,
      limits,
      bufferBytes,
      canClose: () => true,
      // Later, because the socket calls it while the connection is ending.
      onEnd: () => queueMicrotask(() => this.end("the server closed the session")),
    });
    const wire = this.#wire = socket.wire;
    this.#welcome(first, { resumed: false });
    this.#connection = attachPausable(first, {
      ...{ wire, handler, clock, limits, protocol },
      makePings: (host) => new Pings(host, clock),
      onError: (error, connection) => owner.onError(error, connection),
      onFinished: () => this.#server?.delete(this),
    });
    socket.use(first, 0);
  }

  get connection(): WebSocketConnection {
    return this.#connection;
  }

  /** Calls `drain` of the handler. The Close waits for the promise. */
  drain(): unknown {
    return this.#options.handler.drain?.(this.#connection);
  }

  onServerClosing(): void {
    if (this.#current === null) this.end("the server was closed");
  }

  /** Name of the session. */
  get id(): string {
    return this.#options.id;
  }

  /**
   * Continues the session over another connection. Returns `false` if the client claims an
   * impossible count of received messages.
   */
  resume(connection: SendingConnection, received: number): boolean {
    if (this.#isEnded || !this.#socket.canResumeAt(received)) return false;
    const before = this.#current;
    this.#detach();
    before?.abort(
      new WebSocketError("ERR_ABORTED", "the client has come back over another connection"),
    );
    this.#options.owner.onAttach(this);
    this.#welcome(connection, { resumed: true });
    this.#socket.use(connection, received);
    this.#options.owner.onResume(this.#connection, { resumed: true });
    return true;
  }

  /**
   * Takes a message of the underlying connection. Closes that connection if the message breaks the
   * subprotocol.
   */
  receive(connection: SendingConnection, message: Message): void | Promise<void> {
    if (connection !== this.#current) return;
    if (!this.#socket.receive(message)) {
      connection.close(1002, "no message of resume.fullduplex");
      return;
    }
    if (!this.#wire.isPaused || this.#socket.isStuck) return;
    // Remaining messages of a closed connection must not delay its end.
    if (connection.readyState !== ReadyState.CLOSED) return this.#wire.whenFree();
  }

  /** The underlying connection has ended. */
  onEnded(connection: SendingConnection, closing: CloseInfo): void {
    if (connection !== this.#current || this.#isEnded) return;
    this.#detach();
    const isLast = closing.wasClean || this.#socket.isClosing || this.#server?.isClosing === true;
    if (isLast) return this.#finish(closing);
    const { clock, seconds, owner } = this.#options;
    this.#expiry = clock.after(seconds * 1_000, () => {
      this.end(`the client did not come back within ${seconds} seconds`);
    });
    owner.onDetach(this);
  }

  /** Ends the session without its client. */
  end(why: string): void {
    if (this.#isEnded) return;
    const cause = new WebSocketError("ERR_TRANSPORT", why);
    this.#finish({ code: 1006, reason: "", wasClean: false, initiator: "transport", cause });
  }

  /** Sets the underlying connection. */
  #welcome(connection: SendingConnection, { resumed }: { resumed: boolean }): void {
    const { id, protocol } = this.#options, { received } = this.#socket;
    this.#current = connection;
    this.#moveTo(innerConnectionsOf(connection), connection);
    connection.closed.then(() => this.#wire.release());
    connection.send(writeWelcome({ session: id, resumed, received, protocol }));
  }

  #moveTo(server: InnerConnections | null, connection: SendingConnection): void {
    const before = this.#server;
    this.#server = server;
    server?.add(this, connection);
    if (before !== server) before?.delete(this);
  }

  #detach(): void {
    const { clock } = this.#options;
    this.#current = null;
    this.#socket.unuse();
    if (this.#expiry !== null) clock.clear(this.#expiry);
    this.#expiry = null;
  }

  #finish(closing: CloseInfo): void {
    const { owner } = this.#options, isAsked = this.#socket.isClosing;
    this.#isEnded = true;
    this.#detach();
    const { lost, unsent } = this.#socket.finish();
    owner.onEnd(this);
    const all = [...lost, ...unsent];
    // An answered Close proves that all messages before it have arrived.
    const hasArrived = closing.wasClean && (isAsked || all.length === 0);
    if (!hasArrived) owner.onResume(this.#connection, { resumed: false, lost: all });
    endLike(closing, { wire: this.#wire, isAsked });
  }
}
