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

/**
 * Small chunks are joined up to this size while the reader is behind, because each chunk in a
 * stream's queue costs 200 bytes of memory.
 */
const GATHERED_BYTES = 4 * 1024;

/** Feeds a `ReadableStream` with the chunks of one message. */
export class IncomingStream {
  readonly #wire: FramedReaderOptions["wire"];
  readonly #readable: ReadableStream<Message>;
  #controller!: ReadableStreamDefaultController<Message>;
  #gathered: Gathered | null = null; // chunks that follow those in the stream's queue
  #isEnded = false;

  constructor(wire: FramedReaderOptions["wire"]) {
    this.#wire = wire;
    this.#readable = new ReadableStream<Message>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => {
        if (this.#streamedBytes === 0) this.#passOn();
        wire.resume();
      },
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
    return this.#streamedBytes + (this.#gathered?.length ?? 0);
  }

  get #streamedBytes(): number {
    return HIGH_WATER_BYTES - (this.#controller.desiredSize ?? 0);
  }

  /** Takes a chunk; returns `false` when the reader has enough for now. */
  push(data: Message, final: boolean): boolean {
    if (data.length > 0) this.#add(data);
    if (!final) return this.queuedBytes < HIGH_WATER_BYTES;
    this.#passOn();
    this.#isEnded = true;
    this.#controller.close();
    return true;
  }

  #add(data: Message): void {
    const isBehind = this.#gathered !== null || this.#streamedBytes > 0;
    if (!isBehind || data.length >= GATHERED_BYTES) {
      this.#passOn();
      this.#controller.enqueue(data);
      return;
    }
    const gathered = this.#gathered ??= typeof data === "string"
      ? new GatheredText()
      : new GatheredBytes();
    gathered.add(data);
    if (gathered.isFull) this.#passOn();
  }

  #passOn(): void {
    const gathered = this.#gathered;
    this.#gathered = null;
    if (gathered !== null) this.#controller.enqueue(gathered.take());
  }

  /** Errors the stream, because the message will never be complete. */
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

/** Joins small chunks of one message. */
interface Gathered {
  readonly length: number;
  readonly isFull: boolean;
  add(data: Message): void;
  take(): Message;
}

/**
 * Joins chunks of text. They are joined at the end, because V8 keeps each string of a
 * concatenation, at least 32 bytes.
 */
class GatheredText implements Gathered {
  length = 0;
  readonly #parts: string[] = [];

  get isFull(): boolean {
    return this.length >= GATHERED_BYTES || this.#parts.length >= GATHERED_BYTES / 8;
  }

  add(data: Message): void {
    this.#parts.push(data as string);
    this.length += data.length;
  }

  take(): string {
    return this.#parts.join("");
  }
}

/** Joins chunks of bytes by copying them, so that no chunk stays in memory. */
class GatheredBytes implements Gathered {
  length = 0;
  readonly #bytes = new Uint8Array(2 * GATHERED_BYTES);

  get isFull(): boolean {
    return this.length >= GATHERED_BYTES;
  }

  add(data: Message): void {
    this.#bytes.set(data as Uint8Array, this.length);
    this.length += data.length;
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}
