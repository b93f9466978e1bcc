/**
 * Compresses large messages in slices. The owner of the connection calls for one slice in each
 * turn of the event loop, so that other work runs in between. Messages that are sent meanwhile
 * wait in the queue; control frames do not.
 *
 * @module
 */
import type { Message, MessageType } from "../message.ts";
import { checkMessage, type MessageWriter } from "./message_writer.ts";
import type { MessageOptions } from "./message_options.ts";

/** Size of a slice: 64 KiB take half a millisecond to compress. */
const SLICE_BYTES = 64 * 1024;
/** A message of up to this size is compressed in the call that sends it. */
const MAX_ONE_SHOT_BYTES = 2 * SLICE_BYTES;

/** A message that waits, or a fragment of one. */
interface Waiting {
  readonly data: Message;
  readonly options: MessageOptions;
}

/** The messages of one connection that wait to be sent. */
export class MessageQueue {
  readonly #writer: MessageWriter;
  readonly #waiting: Waiting[] = [];
  #at = 0; // offset of the first waiting message that is not written yet
  // Type of the message that the last in the queue leaves unfinished.
  #openType: MessageType | null = null;
  #length = 0;

  constructor(writer: MessageWriter) {
    this.#writer = writer;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Amount that waits: bytes of binary messages, characters of text. */
  get length(): number {
    return this.#length - this.#at;
  }

  /** Whether a message has to wait in the queue: it is large, or others wait already. */
  mustTake(data: Message, { compress }: MessageOptions): boolean {
    return !this.isEmpty || (compress && data.length > MAX_ONE_SHOT_BYTES);
  }

  /**
   * Appends a message. Binary data is copied, because the caller may change it.
   *
   * @throws {TypeError} if `data` is not a message, or not of the unfinished message's type.
   */
  add(data: Message, options: MessageOptions): void {
    const type = checkMessage(data, this.isEmpty ? this.#writer.openType : this.#openType);
    this.#openType = options.final ? null : type;
    this.#waiting.push({ data: typeof data === "string" ? data : data.slice(), options });
    this.#length += data.length;
  }

  /** Writes the next slice. */
  writeNext(): void {
    const next = this.#waiting[0];
    if (next === undefined) return;
    const { data, options } = next;
    // The writer keeps a character together that the end of a slice cuts.
    const most = options.compress ? this.#at + SLICE_BYTES : Infinity;
    const end = Math.min(most, data.length);
    const isLast = end === data.length;
    const slice = cut(data, this.#at, end);
    this.#at = end;
    if (isLast) this.#shift();
    this.#writer.write(slice, { ...options, final: isLast && options.final });
  }

  /** Writes everything that waits without compressing it, because a Close has to follow it now. */
  writeAll(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const rest = cut(next.data, this.#at, next.data.length);
      this.#shift();
      this.#writer.write(rest, { ...next.options, compress: false });
    }
  }

  /** Drops everything that waits, because the connection cannot send any more. */
  clear(): void {
    this.#waiting.length = this.#length = this.#at = 0;
  }

  #shift(): void {
    this.#length -= this.#waiting.shift()!.data.length;
    this.#at = 0;
  }
}

function cut(data: Message, start: number, end: number): Message {
  return typeof data === "string" ? data.slice(start, end) : data.subarray(start, end);
}
