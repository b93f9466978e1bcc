/**
 * One message as a stream, for `readStream`.
 *
 * @module
 */
import type { Message, MessageStream, MessageType } from "../handler.ts";
import { HIGH_WATER_BYTES } from "./transport.ts";

/** What a stream asks of its connection. */
export interface IncomingStreamOwner {
  /** The reader has room again. */
  streamHasRoom(): void;
  /** The reader has lost interest: drop the rest of the message. */
  streamCancelled(stream: IncomingStream): void;
}

/** Feeds a `ReadableStream` with the parts of one message. */
export class IncomingStream {
  readonly #readable: ReadableStream<Message>;
  #controller!: ReadableStreamDefaultController<Message>;

  constructor(owner: IncomingStreamOwner) {
    this.#readable = new ReadableStream<Message>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => owner.streamHasRoom(),
      cancel: () => owner.streamCancelled(this),
    }, { highWaterMark: HIGH_WATER_BYTES, size: (part) => part?.length ?? 0 });
  }

  /** The face the handler is given. All parts of a message are of its type. */
  face(type: MessageType): MessageStream {
    return { type, readable: this.#readable } as MessageStream;
  }

  /** What the reader has not taken yet. */
  get queuedBytes(): number {
    return HIGH_WATER_BYTES - (this.#controller.desiredSize ?? 0);
  }

  /** Takes a part; `false` when the reader has enough for now. */
  push(data: Message, final: boolean): boolean {
    if (data.length > 0) this.#controller.enqueue(data);
    if (!final) return (this.#controller.desiredSize ?? 0) > 0;
    this.#controller.close();
    return true;
  }

  /** The message will never be complete. */
  fail(error: unknown): void {
    this.#controller.error(error);
  }
}
