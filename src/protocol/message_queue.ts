/**
 * Large messages on their way through a codec: slice by slice, in turns that the owner of
 * the connection gives, so that nothing else has to wait for the whole of one. What is sent
 * after them waits behind them; control frames go between.
 *
 * @module
 */
import type { Message, MessageType } from "../message.ts";
import { checkMessage, type MessageOptions, type MessageWriter } from "./message_writer.ts";

/** So much is encoded in one turn: half a millisecond of work. */
const SLICE_BYTES = 64 * 1024;
/** Up to this length a message is encoded at once. */
const MOST_AT_ONCE = 2 * SLICE_BYTES;

/** A message, or a fragment of one, that waits. */
interface Waiting {
  readonly data: Message;
  readonly options: MessageOptions;
}

/** What waits to be encoded. */
export class MessageQueue {
  readonly #writer: MessageWriter;
  readonly #waiting: Waiting[] = [];
  #at = 0; // what comes before is written of the first
  #openType: MessageType | null = null; // of the message that the last one leaves unfinished
  #length = 0;

  constructor(writer: MessageWriter) {
    this.#writer = writer;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** What waits, in bytes of binary and characters of text. */
  get length(): number {
    return this.#length - this.#at;
  }

  /** Whether a message has to go this way. */
  mustTake(data: Message, { compress }: MessageOptions): boolean {
    return !this.isEmpty || (compress && data.length > MOST_AT_ONCE);
  }

  /** Takes a message at once; throws a `TypeError` when it does not continue what was begun. */
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
    const end = options.compress ? sliceEnd(data, this.#at) : data.length;
    const isLast = end === data.length;
    const slice = cut(data, this.#at, end);
    this.#at = end;
    if (isLast) this.#shift();
    this.#writer.write(slice, { ...options, final: isLast && options.final });
  }

  /** Writes all that waits, uncompressed, since a Close is to follow it now. */
  writeAll(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const rest = cut(next.data, this.#at, next.data.length);
      this.#shift();
      this.#writer.write(rest, { ...next.options, compress: false });
    }
  }

  /** Forgets what waits: it cannot be sent any more. */
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

/** Where the slice that begins at `start` ends: not in the middle of a character. */
function sliceEnd(data: Message, start: number): number {
  const end = Math.min(start + SLICE_BYTES, data.length);
  if (typeof data !== "string" || end === data.length) return end;
  const last = data.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end; // the first half of a surrogate pair
}
