/**
 * Messages that the other side has not acknowledged.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { ByteRing } from "./byte_ring.ts";

/** What a message costs besides its bytes: a million empty ones are not free. */
const ENTRY_BYTES = 64;
/** Bytes up to this size lie in the ring, others have a buffer of their own. */
const MAX_RING_MESSAGE_BYTES = 1_024;
/** Entries that there is room for at first, a power of two. */
const FIRST_CAPACITY = 64;

/** A message: a text, bytes of its own, or the position of bytes in the ring. */
type Entry = string | Uint8Array | number;

/** A message that is kept. */
export interface KeptMessage {
  readonly message: Message;
  readonly compress: boolean;
}

/** A queue of messages by their offsets. Keeping a short one allocates nothing: the entries lie in a circle. */
export class Outbox {
  readonly #ring = new ByteRing();
  #entries: Entry[] = new Array<Entry>(FIRST_CAPACITY).fill("");
  #sizes: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  /** Index of the oldest entry, and how many there are. */
  #head = 0;
  #count = 0;
  /** Offset of the oldest entry. */
  #first = 0;
  #bytes = 0;
  /** Offsets of messages that must not be compressed; `null` for none. */
  #plain: Set<number> | null = null;

  /** Offset of the oldest message that is not acknowledged. */
  get first(): number {
    return this.#first;
  }

  /** Offset of the next message. */
  get next(): number {
    return this.#first + this.#count;
  }

  /** Bytes that are kept. Text counts two bytes a character. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a message; its bytes are copied. Returns what it counts. */
  push(message: Message, compress: boolean): number {
    if (!compress) (this.#plain ??= new Set()).add(this.next);
    if (this.#count === this.#entries.length) this.#grow();
    const index = (this.#head + this.#count++) & (this.#entries.length - 1);
    let size = message.length;
    if (typeof message === "string") {
      size *= 2;
      this.#entries[index] = message;
    } else {
      const isShort = size <= MAX_RING_MESSAGE_BYTES;
      this.#entries[index] = isShort ? this.#ring.push(message) : message.slice();
    }
    this.#sizes[index] = size;
    this.#bytes += ENTRY_BYTES + size;
    return ENTRY_BYTES + size;
  }

  /** The message of an offset that is kept. */
  at(offset: number): KeptMessage {
    const index = this.#indexOf(offset), entry = this.#entries[index]!;
    const message = typeof entry === "number" ? this.#ring.read(entry, this.#sizes[index]!) : entry;
    return { message, compress: this.#plain?.has(offset) !== true };
  }

  /** What the message of an offset counts. */
  costAt(offset: number): number {
    return ENTRY_BYTES + this.#sizes[this.#indexOf(offset)]!;
  }

  /** Frees the messages before an offset, which must be one that is kept or the next. */
  acknowledge(received: number): void {
    const entries = this.#entries, mask = entries.length - 1;
    for (; this.#first < received; this.#first++) {
      const entry = entries[this.#head]!, size = this.#sizes[this.#head]!;
      this.#bytes -= ENTRY_BYTES + size;
      if (typeof entry === "number") this.#ring.free(entry + size);
      else entries[this.#head] = ""; // lets go of it
      this.#plain?.delete(this.#first);
      this.#head = (this.#head + 1) & mask;
      this.#count--;
    }
    if (this.#count === 0) this.#ring.clear();
  }

  /** Begins anew at the offset 0. Gives what was kept: before an offset, and from there on. */
  restart(offset: number): { before: readonly Message[]; after: readonly KeptMessage[] } {
    const kept: KeptMessage[] = [];
    for (let at = this.#first; at < this.next; at++) kept.push(this.at(at));
    const count = Math.max(0, offset - this.#first);
    this.acknowledge(this.next);
    this.#first = 0;
    this.#plain = null;
    return {
      before: kept.slice(0, count).map(({ message }) => message),
      after: kept.slice(count),
    };
  }

  #indexOf(offset: number): number {
    return (this.#head + offset - this.#first) & (this.#entries.length - 1);
  }

  #grow(): void {
    const { length } = this.#entries, head = this.#head;
    const inOrder = <T>(items: ArrayLike<T>): T[] =>
      Array.from({ length }, (_, index) => items[(head + index) & (length - 1)]!);
    const sizes = inOrder(this.#sizes);
    this.#entries = [...inOrder(this.#entries), ...new Array<Entry>(length).fill("")];
    this.#sizes = new Uint32Array(2 * length);
    this.#sizes.set(sizes);
    this.#head = 0;
  }
}
