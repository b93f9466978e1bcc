/**
 * The inside of a connection under a standard socket, which is told of the peer's Close and can
 * close without a code.
 *
 * @module
 */
import type { ConnectionContext } from "../connection/context.ts";
import type { Wire } from "../connection/wire.ts";
import type { CloseArguments } from "./arguments.ts";
import { ConnectionCore } from "../connection/connection_core.ts";
import { CloseCode } from "../protocol/close_code.ts";

/** Whom it tells. */
export interface SocketOwner {
  /** The peer's Close came: the closing handshake has started, unless we have started it. */
  peerClosed(): void;
  /** The connection can take more. */
  drained(): void;
  /** The connection is over. */
  over(): void;
}

/** How a socket ended, in the words of a `CloseEvent`. */
export interface Outcome {
  /** The code of the peer's Close: 1005 if it had none, 1006 if there was no Close. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** Why the connection was failed (RFC 6455 section 7.1.7); `null` when it was not. */
  readonly failure: { readonly cause: unknown } | null;
}

/** The outcome of a socket that has never been open. */
export function neverOpened(cause: unknown): Outcome {
  return { code: CloseCode.AbnormalClosure, reason: "", wasClean: false, failure: { cause } };
}

/** What a socket core is made of. */
export interface SocketCoreOptions {
  readonly wire: Wire;
  readonly context: ConnectionContext;
  readonly owner: SocketOwner;
}

/** State and rules of one connection, with what the standard wants to know of its end. */
export class SocketCore extends ConnectionCore {
  readonly #socket: SocketOwner;
  #peerClose: { readonly code: number; readonly reason: string } | null = null;
  #isTerminated = false;
  /** A chunk came, and none of its messages has had the task in which it came. */
  isChunkNew = false;

  constructor({ wire, context, owner }: SocketCoreOptions) {
    // Pings are answered below, and the standard has no event for them, nor for a caller's mistake.
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

  /** Drops the transport, which is then no failure. */
  terminate(): void {
    this.#isTerminated = true;
    this.abort(undefined);
  }

  /** How it ended, once it is over. */
  get outcome(): Outcome {
    const received = this.#peerClose, { wasClean = false, cause } = this.closeInfo ?? {};
    if (wasClean && received !== null) return { ...received, wasClean, failure: null };
    return { ...neverOpened(cause), ...this.#isTerminated ? { failure: null } : {} };
  }
}
