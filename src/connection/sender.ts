/**
 * All sends but the simplest: streams and iterables, options, and what has to wait its
 * turn behind them. Made for a connection when it first needs one.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Sendable, SendOptions } from "../handler.ts";
import type { Parts, PartsSender } from "./framing.ts";
import type { Wire } from "./wire.ts";
import { READY, withSignal } from "../promises.ts";
import { toMessage } from "./sendable.ts";

/** What a sender asks of its connection. */
export interface SenderHost {
  readonly wire: Pick<Wire, "frames">;
  /** Throws when the connection is not open. */
  mustBeOpen(call: string): void;
  /** Sends now; throws when the connection is not open. */
  sendNow(message: Message, options: { final: boolean; compress: boolean }): void;
  /** Fulfilled when there is room. */
  whenRoom(): Promise<void>;
  /** Fails the connection and throws when too much is waiting. */
  checkHeld(): void;
  /** A message was begun and cannot be finished. */
  failMessage(error: unknown): void;
}

/** Orders the sends of one connection. */
export class Sender implements PartsSender {
  readonly #host: SenderHost;
  #ended: AbortController | null = null; // made for the first stream
  #tail: Promise<void> | null = null; // the last of the sends that wait for one another
  #waitingBytes = 0;
  #isInMessage = false; // a fragment was sent, and not the final one

  constructor(host: SenderHost) {
    this.#host = host;
  }

  /** Whether a stream is being sent, so that others must wait. */
  get isBusy(): boolean {
    return this.#tail !== null;
  }

  /** Whether a whole message can go past the sender: nothing is being sent, and no fragment waits for its next. */
  get isFree(): boolean {
    return this.#tail === null && !this.#isInMessage;
  }

  /** Bytes taken from the caller that wait behind a stream. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Sends anything; rejects as `WebSocketConnection.send` says. */
  async send(message: Sendable, options: SendOptions): Promise<void> {
    options.signal?.throwIfAborted();
    const { signal, final = true, compress = true } = options;
    const whole = toMessage(message);
    this.#host.mustBeOpen("send");
    if (whole === null) {
      return await this.#sendParts(message as Parts, { final, compress, signal });
    }
    if (this.isBusy) await this.#sendLater(whole, { final, compress });
    else this.sendPart(whole, { final, compress });
    await withSignal(this.#host.whenRoom(), signal);
  }

  /** The connection is closing: whatever waits for a stream's next part waits no more. */
  end(error: unknown): void {
    this.#ended?.abort(error);
  }

  sendPart(message: Message, options: { final: boolean; compress: boolean }): void {
    this.#host.sendNow(message, options);
    this.#isInMessage = !options.final;
  }

  mustBeOpen(call: string): void {
    this.#host.mustBeOpen(call);
  }

  whenRoom(): Promise<void> {
    return this.#host.whenRoom();
  }

  failMessage(error: unknown): void {
    this.#host.failMessage(error);
  }

  async #sendParts(
    parts: Parts,
    { final, compress, signal }: { final: boolean; compress: boolean; signal?: AbortSignal },
  ): Promise<void> {
    const { frames } = this.#host.wire;
    // A wire without fragments says so itself.
    if (frames === null) return this.sendPart("", { final: false, compress });
    await this.#enqueue(() => {
      const ended = (this.#ended ??= new AbortController()).signal;
      const stop = signal === undefined ? ended : AbortSignal.any([signal, ended]);
      return frames.sendParts(parts, this, { final, compress, stop });
    });
  }

  #sendLater(message: Message, options: { final: boolean; compress: boolean }): Promise<void> {
    const taken = typeof message === "string" ? message : message.slice();
    this.#waitingBytes += taken.length;
    if (this.#waitingBytes > taken.length) this.#host.checkHeld(); // more than one is nobody's patience
    return this.#enqueue(() => {
      this.#waitingBytes -= taken.length;
      this.sendPart(taken, options);
      return READY;
    });
  }

  #enqueue(job: () => Promise<void>): Promise<void> {
    const done = this.#tail === null ? job() : this.#tail.then(job);
    const tail = done.catch(() => {}).then(() => {
      if (this.#tail === tail) this.#tail = null;
    });
    this.#tail = tail;
    return done;
  }
}
