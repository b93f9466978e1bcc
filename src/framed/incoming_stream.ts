/**
 * One message as a stream, for `readStream`.
 *
 * @module
 */
import type { MessageStream } from "../handler.ts";
import type { Message, MessageType } from "../message.ts";
import type { FramedReaderOptions } from "../connection/framing.ts";
import { WebSocketError } from "../errors.ts";
import { HIGH_WATER_BYTES } from "../transport/transport.ts";

/** Feeds a `ReadableStream` with the chunks of one message. */
export class IncomingStream {
  readonly #wire: FramedReaderOptions["wire"];
  readonly #readable: ReadableStream<Message>;
  #controller!: ReadableStreamDefaultController<Message>;
  #isEnded = false;

  constructor(wire: FramedReaderOptions["wire"]) {
    this.#wire = wire;
    this.#readable = new ReadableStream<Message>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => wire.resume(),
      cancel: () => this.#onCancel(),
    }, { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk?.length ?? 0 });
  }

  /** The stream as the handler gets it. All chunks of a message have its type. */
  toMessageStream(type: MessageType): MessageStream {
    return { type, readable: this.#readable } as MessageStream;
  }

  /** Whether no chunk follows: the message is complete, was cancelled, or failed. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Bytes that the reader has not taken yet. */
  get queuedBytes(): number {
    return HIGH_WATER_BYTES - (this.#controller.desiredSize ?? 0);
  }

  /** Takes a chunk; returns `false` when the reader has enough for now. */
  push(data: Message, final: boolean): boolean {
    if (data.length > 0) this.#controller.enqueue(data);
    if (!final) return (this.#controller.desiredSize ?? 0) > 0;
    this.#isEnded = true;
    this.#controller.close();
    return true;
  }

  /** The message will never be complete. */
  fail(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const why = "the connection ended in the middle of a message";
    this.#controller.error(new WebSocketError("ERR_TRANSPORT", why));
    this.#wire.discardMessage();
  }

  /** The reader has cancelled the stream. */
  #onCancel(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#wire.discardMessage();
    this.#wire.resume();
  }
}
