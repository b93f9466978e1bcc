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
/** Freed entries after which the arrays are cut. */
const CUT_AFTER = 1_024;

/** A message: a text, bytes of its own, or the position of bytes in the ring. */
type Entry = string | Uint8Array | number;

/** A message that is kept. */
export interface KeptMessage {
  readonly message: Message;
  readonly compress: boolean;
}

/** A queue of messages by their offsets. Keeping a short one allocates nothing. */
export class Outbox {
  readonly #ring = new ByteRing();
  #entries: Entry[] = [];
  #sizes: number[] = [];
  /** Of `#entries` that are freed. */
  #freed = 0;
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
    return this.#first + this.#entries.length - this.#freed;
  }

  /** Bytes that are kept. Text counts two bytes a character. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a message; its bytes are copied. Returns what it counts. */
  push(message: Message, compress: boolean): number {
    if (!compress) (this.#plain ??= new Set()).add(this.next);
    const size = typeof message === "string" ? message.length * 2 : message.length;
    this.#entries.push(this.#keep(message));
    this.#sizes.push(size);
    this.#bytes += ENTRY_BYTES + size;
    return ENTRY_BYTES + size;
  }

  /** The message of an offset that is kept. */
  at(offset: number): KeptMessage {
    const index = this.#freed + offset - this.#first, entry = this.#entries[index]!;
    const message = typeof entry === "number" ? this.#ring.read(entry, this.#sizes[index]!) : entry;
    return { message, compress: this.#plain?.has(offset) !== true };
  }

  /** What the message of an offset counts. */
  costAt(offset: number): number {
    return ENTRY_BYTES + this.#sizes[this.#freed + offset - this.#first]!;
  }

  /** Frees the messages before an offset, which must be one that is kept or the next. */
  acknowledge(received: number): void {
    const entries = this.#entries, sizes = this.#sizes;
    for (; this.#first < received; this.#first++) {
      const entry = entries[this.#freed]!, size = sizes[this.#freed]!;
      this.#bytes -= ENTRY_BYTES + size;
      if (typeof entry === "number") this.#ring.free(entry + size);
      else entries[this.#freed] = "";
      this.#plain?.delete(this.#first);
      this.#freed++;
    }
    if (this.#freed === entries.length) {
      entries.length = sizes.length = this.#freed = 0;
      this.#ring.clear();
    } else if (this.#freed >= CUT_AFTER) {
      this.#entries = entries.slice(this.#freed);
      this.#sizes = sizes.slice(this.#freed);
      this.#freed = 0;
    }
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

  #keep(message: Message): Entry {
    if (typeof message === "string") return message;
    return message.length <= MAX_RING_MESSAGE_BYTES ? this.#ring.push(message) : message.slice();
  }
}
