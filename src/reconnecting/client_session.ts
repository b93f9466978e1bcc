/**
 * One session on a client: the program's connection, over a sequence of underlying connections.
 *
 * @module
 */
import { reportOnConsole } from "../connection/context.ts";
import { tell } from "../connection/report.ts";
import type { Clock } from "../clock.ts";
import type { PingsHost, PingTracker } from "../connection/framing.ts";
import type { MessageLimits } from "../connection/limits.ts";
import type { SendingConnection, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Welcome } from "../resume/wire_format.ts";
import { ReadyState } from "../handler.ts";
import { attachPausable } from "../native/attach_pausable.ts";
import type { PausableWire } from "../native/pausable_wire.ts";
import { SessionSocket } from "../resume/session_socket.ts";
import { endFor } from "./end_for.ts";
import { isCloseInfo, type StableOptions } from "./options.ts";

/** Options of {@linkcode ClientSession}. */
export interface ClientSessionOptions {
  readonly clock: Clock;
  readonly handler: WebSocketHandler | null;
  readonly limits: MessageLimits;
  readonly reconnect: StableOptions;
  canClose(code: number): boolean;
  makePings(host: PingsHost): PingTracker;
  onError(error: unknown, connection: WebSocketConnection): void;
  /** Called when the program ends the session without an underlying connection, or aborts it. */
  onEnd(): void;
}

/** One session of a client. */
export class ClientSession {
  /** Sends and receives the session's messages. */
  readonly socket: SessionSocket;
  /** The connection of the program. */
  readonly connection: WebSocketConnection;
  readonly #reconnect: StableOptions;
  readonly #wire: PausableWire;
  /** The underlying connection. */
  #current: SendingConnection;
  #id: string | null;

  /** Begins a session over its first connection. */
  constructor(first: SendingConnection, welcome: Welcome, options: ClientSessionOptions) {
    const { limits, reconnect } = options;
    this.#reconnect = reconnect;
    const bufferBytes = limits.maxBufferedBytes;
    const socket = this.socket = new SessionSocket({ ...options, bufferBytes });
    const wire = this.#wire = socket.wire;
    this.#id = welcome.session;
    this.#current = first;
    const { protocol } = welcome;
    this.connection = attachPausable(first, { ...options, wire, protocol });
    this.#use(first, 0);
  }

  /** Name of the session on the server; `null` after the server has ended it. */
  get id(): string | null {
    return this.#id;
  }

  /** Number of messages that have arrived. */
  get received(): number {
    return this.#id === null ? 0 : this.socket.received;
  }

  /** Called when the server has ended the session. The next connection begins another one. */
  forget(): void {
    this.#id = null;
  }

  /**
   * Continues the session over another connection. Returns `false` if the server claims an
   * impossible count of received messages.
   */
  resume(connection: SendingConnection, { received }: Welcome): boolean {
    if (!this.socket.canResumeAt(received)) return false;
    this.#use(connection, received);
    return true;
  }

  /** Continues in a new session. Returns the messages of the last one that were lost. */
  restart(connection: SendingConnection, { session }: Welcome): readonly Message[] {
    const lost = this.socket.restart();
    this.#id = session;
    this.#use(connection, 0);
    return lost;
  }

  /**
   * Takes a message of the underlying connection. Closes that connection if the message breaks the
   * subprotocol.
   */
  receive(connection: SendingConnection, message: Message): void | Promise<void> {
    if (connection !== this.#current) return;
    if (!this.socket.receive(message)) {
      connection.close(1002, "no message of resume.fullduplex");
      return;
    }
    if (!this.#wire.isPaused || this.socket.isStuck) return;
    // Remaining messages of a closed connection must not delay the next one.
    if (connection.readyState !== ReadyState.CLOSED) return this.#wire.whenFree();
  }

  /** Ends the session. `cause` is how the last connection ended, or the error of the attempts. */
  finish(cause: unknown): void {
    const isAsked = this.socket.isClosing;
    const { lost, unsent } = this.socket.finish();
    const wasClean = isCloseInfo(cause) && cause.wasClean;
    // An answered Close proves that all messages before it have arrived.
    const hasArrived = wasClean && (isAsked || lost.length === 0);
    const { onResume, onUnsent } = this.#reconnect;
    if (!hasArrived) tell(() => onResume?.({ resumed: false, lost }), reportOnConsole);
    if (unsent.length > 0) tell(() => onUnsent?.(unsent), reportOnConsole);
    endFor(cause, { wire: this.#wire, isAsked });
  }

  #use(connection: SendingConnection, received: number): void {
    this.#current = connection;
    connection.closed.then(() => this.#wire.release());
    this.socket.use(connection, received);
  }
}
