/**
 * One message as a stream, for `readStream`.
 *
 * @module
 */
import type { MessageStream } from "../handler.ts";
import type { Message, MessageType } from "../message.ts";
import type { StreamedMessage, StreamedWire } from "../connection/framing.ts";
import { WebSocketError } from "../errors.ts";
import { HIGH_WATER_BYTES } from "../transport/transport.ts";

/** Feeds a `ReadableStream` with the parts of one message. */
export class IncomingStream implements StreamedMessage {
  readonly #wire: StreamedWire;
  readonly #readable: ReadableStream<Message>;
  #controller!: ReadableStreamDefaultController<Message>;
  #isOver = false;

  constructor(wire: StreamedWire) {
    this.#wire = wire;
    this.#readable = new ReadableStream<Message>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => wire.resume(),
      cancel: () => this.#cancelled(),
    }, { highWaterMark: HIGH_WATER_BYTES, size: (part) => part?.length ?? 0 });
  }

  /** The face the handler is given. All parts of a message are of its type. */
  face(type: MessageType): MessageStream {
    return { type, readable: this.#readable } as MessageStream;
  }

  /** Whether it takes no more: it has all of its message, or will never have. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What the reader has not taken yet. */
  get queuedBytes(): number {
    return HIGH_WATER_BYTES - (this.#controller.desiredSize ?? 0);
  }

  /** Takes a part; `false` when the reader has enough for now. */
  push(data: Message, final: boolean): boolean {
    if (data.length > 0) this.#controller.enqueue(data);
    if (!final) return (this.#controller.desiredSize ?? 0) > 0;
    this.#isOver = true;
    this.#controller.close();
    return true;
  }

  /** The message will never be complete. */
  cutShort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const why = "the connection ended in the middle of a message";
    this.#controller.error(new WebSocketError("ERR_TRANSPORT", why));
    this.#wire.discardMessage();
  }

  /** The reader wants no more of this message. */
  #cancelled(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#wire.discardMessage();
    this.#wire.resume();
  }
}
