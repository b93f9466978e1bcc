/**
 * The core of a connection under a standard socket. It reports the peer's Close and can close
 * without a code.
 *
 * @module
 */
import type { ConnectionContext } from "../connection/context.ts";
import type { Wire } from "../connection/wire.ts";
import type { CloseArguments } from "./arguments.ts";
import { ConnectionCore } from "../connection/connection_core.ts";
import { CloseCode } from "../protocol/close_code.ts";

/** The owner of a core, which receives its events. */
export interface SocketOwner {
  /**
   * The peer's Close arrived. The closing handshake has started, unless this side has started it
   * before.
   */
  peerClosed(): void;
  /** The connection can take more. */
  drained(): void;
  /** The connection has closed. */
  over(): void;
}

/** The end of a socket, as in a `CloseEvent`. */
export interface Outcome {
  /** The code of the peer's Close: 1005 if it had none, 1006 if there was no Close. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** The cause if the connection was failed (RFC 6455 section 7.1.7), otherwise `null`. */
  readonly failure: { readonly cause: unknown } | null;
}

/** The outcome of a socket that has never been open. */
export function neverOpened(cause: unknown): Outcome {
  return { code: CloseCode.AbnormalClosure, reason: "", wasClean: false, failure: { cause } };
}

/** Options of {@linkcode SocketCore}. */
export interface SocketCoreOptions {
  readonly wire: Wire;
  readonly context: ConnectionContext;
  readonly owner: SocketOwner;
}

/** State and rules of one connection, with the details of its end that the standard needs. */
export class SocketCore extends ConnectionCore {
  readonly #socket: SocketOwner;
  #peerClose: { readonly code: number; readonly reason: string } | null = null;
  #isTerminated = false;
  /** Whether a chunk arrived and none of its messages has used the task in which it arrived. */
  isChunkNew = false;

  constructor({ wire, context, owner }: SocketCoreOptions) {
    // The standard has no events for pings, which are answered below, nor for a caller's mistakes.
    super(wire, context, { onClosed: () => owner.over(), onFrame() {}, onMistake() {} });
    this.#socket = owner;
  }

  override onClose(code: number, reason: string): void {
    this.#peerClose = { code, reason };
    super.onClose(code, reason);
    this.#socket.peerClosed();
  }

  override onActivity(): void {
    super.onActivity();
    this.isChunkNew = true;
  }

  override onDrain(): void {
    super.onDrain();
    this.#socket.drained();
  }

  /** Starts the closing handshake, unless it has started. */
  closeWith({ code, reason }: CloseArguments): void {
    void this.close(code ?? CloseCode.NoStatusReceived, reason);
  }

  /** Drops the transport. The end is then not a failure. */
  terminate(): void {
    this.#isTerminated = true;
    this.abort(undefined);
  }

  /** The outcome, after the connection has closed. */
  get outcome(): Outcome {
    const received = this.#peerClose, { wasClean = false, cause } = this.closeInfo ?? {};
    if (wasClean && received !== null) return { ...received, wasClean, failure: null };
    return { ...neverOpened(cause), ...this.#isTerminated ? { failure: null } : {} };
  }
}
