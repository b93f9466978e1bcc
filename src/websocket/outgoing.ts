/**
 * What a `WebSocket` sends, in the order of its calls: a `Blob` is read before it can be sent, and
 * whatever follows waits for it, the Close too.
 *
 * @module
 */
import type { CloseArguments } from "./arguments.ts";
import type { SocketCore } from "./socket_core.ts";
import type { Tasks } from "./tasks.ts";
import { ReadyState } from "../handler.ts";
import { BufferedAmount, utf8Length } from "./buffered_amount.ts";
import { UNFINISHED_MESSAGE } from "../connection/close_reason.ts";

/** What `send()` takes, once it is converted. */
export type Outgoable = string | Uint8Array | Blob;

/** Sends for one socket, and counts what it has accepted. */
export class Outgoing {
  readonly #amount: BufferedAmount;
  #core: SocketCore | null = null;
  #waiting: (() => Promise<void> | void)[] = []; // behind a Blob that is read, and that itself
  #isStopped = false; // nothing is sent any more

  constructor(tasks: Tasks) {
    this.#amount = new BufferedAmount(tasks, () => this.#core?.bufferedAmount ?? 0);
  }

  /** The connection is there. */
  attach(core: SocketCore, extensions: string): void {
    this.#core = core;
    if (extensions !== "") this.#amount.setCompressed();
  }

  /** Bytes accepted and not yet given to the system. */
  get amount(): number {
    return this.#amount.value;
  }

  /** Accepts a message: its bytes are taken at once. */
  send(message: Outgoable): void {
    const isOpen = this.#core?.readyState === ReadyState.OPEN && !this.#isStopped;
    if (!isOpen) this.#amount.keep(sizeOf(message)); // "will only increase with each call"
    else if (message instanceof Blob || this.#waiting.length > 0) this.#sendLater(message);
    else this.#sendNow(message);
  }

  /** Starts the closing handshake when all that was accepted is sent; nothing is accepted any more. */
  close(closing: CloseArguments): void {
    this.#isStopped = true;
    if (this.#waiting.length === 0) this.#core?.closeWith(closing);
    else this.#waiting.push(() => this.#core?.closeWith(closing));
  }

  /** The connection can take more. */
  drained(): void {
    this.#amount.drained();
  }

  /** The connection is over, or about to be dropped: what was not sent stays in the amount. */
  end(wasClean: boolean): void {
    if (this.#core === null) return;
    this.#isStopped = true;
    this.#waiting = [];
    this.#amount.end(wasClean);
    this.#core = null;
  }

  #sendNow(message: string | Uint8Array): void {
    this.#amount.sending(typeof message === "string" ? message : message.byteLength);
    this.#core!.send(message, undefined); // when it fails, the connection is over
  }

  #sendLater(message: Outgoable): void {
    const size = sizeOf(message);
    this.#amount.keep(size);
    const taken = message instanceof Uint8Array ? message.slice() : message;
    const isFirst = this.#waiting.push(async () => {
      const read = taken instanceof Blob ? new Uint8Array(await taken.arrayBuffer()) : taken;
      if (this.#core === null) return;
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
