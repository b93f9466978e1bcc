/**
 * One session on a client: the connection that its program sees, over connections that come and go.
 *
 * @module
 */
import { reportOnConsole } from "../connection/context.ts";
import { tell } from "../connection/report.ts";
import type { Clock } from "../clock.ts";
import type { PingsHost, PingTracker } from "../connection/framing.ts";
import type { ResolvedLimits } from "../connection/limits.ts";
import type { SendingConnection, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Welcome } from "../resume/wire_format.ts";
import { ReadyState } from "../handler.ts";
import { attachPausable } from "../native/attach_pausable.ts";
import { PausableWire } from "../native/pausable_wire.ts";
import { SessionSocket } from "../resume/session_socket.ts";
import { endFor } from "./end_for.ts";
import { isCloseInfo, type StableOptions } from "./options.ts";

/** What a session is made of. */
export interface ClientSessionOptions {
  readonly clock: Clock;
  readonly handler: WebSocketHandler | null;
  readonly limits: ResolvedLimits;
  readonly reconnect: StableOptions;
  canClose(code: number): boolean;
  makePings(host: PingsHost): PingTracker;
  onError(error: unknown, connection: WebSocketConnection): void;
  /** The program ends the session while there is no connection, or drops it. */
  onEnd(): void;
}

/** One session. */
export class ClientSession {
  /** Sends and receives. */
  readonly socket: SessionSocket;
  /** The one that the program sees. */
  readonly connection: WebSocketConnection;
  readonly #reconnect: StableOptions;
  readonly #wire: PausableWire;
  /** The one under it. */
  #current: SendingConnection;
  #id: string | null;

  /** Begins, over its first connection. */
  constructor(first: SendingConnection, welcome: Welcome, options: ClientSessionOptions) {
    const { clock, limits, reconnect } = options;
    this.#reconnect = reconnect;
    const bufferBytes = limits.maxBufferedBytes;
    const socket = this.socket = new SessionSocket({ ...options, bufferBytes });
    const wire = this.#wire = socket.wire = new PausableWire({
      ...{ socket, clock, limits },
      source: socket,
    });
    this.#id = welcome.session;
    this.#current = first;
    const { protocol } = welcome;
    this.connection = attachPausable(first, { ...options, wire, protocol });
    this.#use(first, 0);
  }

  /** Its name on the server; `null` once the server has ended it. */
  get id(): string | null {
    return this.#id;
  }

  /** How many messages have arrived. */
  get received(): number {
    return this.#id === null ? 0 : this.socket.received;
  }

  /** The server has ended it: the next connection begins another. */
  forget(): void {
    this.#id = null;
  }

  /** Goes on over another connection. Returns `false` if the server claims an impossible count of received messages. */
  resume(connection: SendingConnection, { received }: Welcome): boolean {
    if (!this.socket.canResumeAt(received)) return false;
    this.#use(connection, received);
    return true;
  }

  /** Goes on in a new session. Gives what was lost of the last. */
  restart(connection: SendingConnection, { session }: Welcome): readonly Message[] {
    const lost = this.socket.restart();
    this.#id = session;
    this.#use(connection, 0);
    return lost;
  }

  /** Takes what came over a connection; closes that if it breaks the subprotocol. */
  receive(connection: SendingConnection, message: Message): void | Promise<void> {
    if (connection !== this.#current) return;
    if (!this.socket.receive(message)) {
      connection.close(1002, "no message of resume.fullduplex");
      return;
    }
    if (!this.#wire.isPaused || this.socket.isStuck) return;
    // What is left of a connection that is over must not delay the next one.
    if (connection.readyState !== ReadyState.CLOSED) return this.#wire.whenFree();
  }

  /** Ends it, with what led to that: how the last connection ended, or why there is none. */
  finish(cause: unknown): void {
    const isAsked = this.socket.isClosing;
    const { lost, unsent } = this.socket.finish();
    const wasClean = isCloseInfo(cause) && cause.wasClean;
    // A Close of ours that was answered says that all before it has arrived.
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
