/**
 * The output of a `WebSocket` in the order of its calls. A `Blob` is read before it can be sent,
 * and later messages and the Close wait for it.
 *
 * @module
 */
import type { CloseArguments } from "./arguments.ts";
import type { SocketCore } from "./socket_core.ts";
import type { Tasks } from "./tasks.ts";
import { ReadyState } from "../handler.ts";
import { BufferedAmount, utf8Length } from "./buffered_amount.ts";
import { UNFINISHED_MESSAGE } from "../connection/close_reason.ts";

/** The converted argument of `send()`. */
export type Outgoable = string | Uint8Array | Blob;

/** Sends for one socket, and counts what it has accepted. */
export class Outgoing {
  readonly #amount: BufferedAmount;
  #core: SocketCore | null = null;
  // A Blob that is being read, and the messages behind it.
  #waiting: (() => Promise<void> | void)[] = [];
  #isStopped = false; // sending has ended

  constructor(tasks: Tasks) {
    this.#amount = new BufferedAmount(tasks, () => this.#core?.bufferedAmount ?? 0);
  }

  /** The connection is open. */
  attach(core: SocketCore, extensions: string): void {
    this.#core = core;
    if (extensions !== "") this.#amount.setCompressed();
  }

  /** Bytes accepted and not yet given to the system. */
  get amount(): number {
    return this.#amount.value;
  }

  /** Accepts a message. Its bytes are copied at once. */
  send(message: Outgoable): void {
    const isOpen = this.#core?.readyState === ReadyState.OPEN && !this.#isStopped;
    if (!isOpen) this.#amount.keep(sizeOf(message)); // "will only increase with each call"
    else if (message instanceof Blob || this.#waiting.length > 0) this.#sendLater(message);
    else this.#sendNow(message);
  }

  /**
   * Starts the closing handshake when all accepted messages are sent. No further message is
   * accepted.
   */
  close(closing: CloseArguments): void {
    this.#isStopped = true;
    if (this.#waiting.length === 0) this.#core?.closeWith(closing);
    else this.#waiting.push(() => this.#core?.closeWith(closing));
  }

  /** The connection can take more. */
  drained(): void {
    this.#amount.drained();
  }

  /** The connection has ended or is about to be dropped. Unsent bytes stay in the amount. */
  end({ wasClean }: { readonly wasClean: boolean }): void {
    if (this.#core === null) return;
    this.#isStopped = true;
    this.#waiting = [];
    this.#amount.end({ wasClean });
    this.#core = null;
  }

  #sendNow(message: string | Uint8Array): void {
    this.#amount.sending(typeof message === "string" ? message : message.byteLength);
    const core = this.#core!;
    core.send(message, undefined); // it rejects only if the connection has ended
    // Over `maxBufferedBytes` the connection is dropped, and the message never becomes a frame.
    if (core.readyState !== ReadyState.OPEN) this.#amount.refused();
  }

  #sendLater(message: Outgoable): void {
    const size = sizeOf(message);
    this.#amount.keep(size);
    const taken = message instanceof Uint8Array ? message.slice() : message;
    const isFirst = this.#waiting.push(async () => {
      const read = taken instanceof Blob ? new Uint8Array(await taken.arrayBuffer()) : taken;
      if (this.#core?.readyState !== ReadyState.OPEN) return; // it stays in the amount
      this.#amount.keep(-size);
      this.#sendNow(read);
    }) === 1;
    if (isFirst) this.#sendWaiting();
  }

  async #sendWaiting(): Promise<void> {
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        await next();
        this.#waiting.shift();
      }
    } catch (error) {
      // A Blob cannot be read, for example because its file is gone.
      this.#core?.closeAfterError(error, UNFINISHED_MESSAGE);
    }
  }
}

function sizeOf(message: Outgoable): number {
  if (typeof message === "string") return utf8Length(message);
  return message instanceof Blob ? message.size : message.byteLength;
}
