/**
 * Orders the sends of one connection: streams and iterables, which go out as the fragments of one
 * message, and the messages that wait behind them. A connection makes its sender at the first such
 * send.
 *
 * @module
 */
import type { MessageSender, SenderHost, Streamed } from "../connection/framing.ts";
import type { Message } from "../message.ts";
import type { MessageOptions } from "../protocol/message_options.ts";
import { READY } from "../promises.ts";
import { sendFragments } from "./send_fragments.ts";

/** Orders the sends of one connection. */
export class Sender implements MessageSender {
  readonly #host: SenderHost;
  #closing: AbortController | null = null; // made for the first stream
  #tail: Promise<void> | null = null; // the last send in the queue
  #waitingBytes = 0;
  #isInMessage = false; // a fragment was sent, and the final one was not

  constructor(host: SenderHost) {
    this.#host = host;
  }

  get isIdle(): boolean {
    return this.#tail === null && !this.#isInMessage;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  async send(message: Message, options: MessageOptions): Promise<void> {
    if (this.#tail === null) this.#sendNow(message, options);
    else await this.#sendLater(message, options);
  }

  async sendFragments(
    fragments: Streamed,
    { final, compress }: MessageOptions,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await this.#enqueue(() => {
      const closing = (this.#closing ??= new AbortController()).signal;
      return sendFragments(fragments, {
        host: this.#host,
        final,
        compress,
        signal: signal === undefined ? closing : AbortSignal.any([signal, closing]),
        sendFragment: (fragment, options) => this.#sendNow(fragment, options),
      });
    });
  }

  fail(error: unknown): void {
    this.#closing?.abort(error);
  }

  #sendNow(message: Message, options: MessageOptions): void {
    this.#host.sendNow(message, options);
    this.#isInMessage = !options.final;
  }

  #sendLater(message: Message, options: MessageOptions): Promise<void> {
    const copy = typeof message === "string" ? message : message.slice();
    this.#waitingBytes += copy.length;
    // The first message in the queue is always allowed; from the second on the limit applies.
    if (this.#waitingBytes > copy.length) this.#host.checkBuffered();
    return this.#enqueue(() => {
      this.#waitingBytes -= copy.length;
      this.#sendNow(copy, options);
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
