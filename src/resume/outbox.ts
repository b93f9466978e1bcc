/**
 * Messages that the other side has not acknowledged.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { ByteRing } from "./byte_ring.ts";

/**
 * Bytes of memory that a message costs beside its content, so that a million empty messages count.
 */
const ENTRY_BYTES = 64;
/** Binary messages of up to this size lie in the ring. Larger ones have a buffer of their own. */
const MAX_RING_MESSAGE_BYTES = 1_024;
/** Initial capacity in entries, a power of two. */
const FIRST_CAPACITY = 64;

/** A message that is not in the ring; `null` stands for one that is. */
type Whole = string | Uint8Array | null;
/** Stands for the position of a message that is not in the ring. */
const WHOLE = -1;

/** A message that is kept. */
export interface KeptMessage {
  readonly message: Message;
  readonly compress: boolean;
}

/**
 * A queue of messages by their offsets. Keeping a short binary message allocates nothing: the facts
 * about messages are in ring buffers of numbers, and acknowledging many messages frees them at
 * once.
 */
export class Outbox {
  readonly #ring = new ByteRing();
  #positions = new Int32Array(FIRST_CAPACITY);
  /** For each message, the sum of the costs of all messages up to and including it. */
  #sums = new Float64Array(FIRST_CAPACITY);
  #wholes: Whole[] = new Array<Whole>(FIRST_CAPACITY).fill(null);
  /** Number of messages that are not in the ring. */
  #wholeCount = 0;
  /** Index of the oldest message, and the number of messages. */
  #head = 0;
  #count = 0;
  /** Offset of the oldest message. */
  #first = 0;
  /** Sum of the costs of all messages, and of the acknowledged ones. */
  #sum = 0;
  #freed = 0;
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
    return this.#sum - this.#freed;
  }

  /** Adds a copy of a message. Returns its cost. */
  push(message: Message, compress: boolean): number {
    if (!compress) (this.#plain ??= new Set()).add(this.next);
    if (this.#count === this.#positions.length) this.#grow();
    const index = (this.#head + this.#count++) & (this.#positions.length - 1);
    let size = message.length, position = WHOLE;
    if (typeof message === "string") size *= 2;
    else if (size <= MAX_RING_MESSAGE_BYTES) position = this.#ring.push(message);
    this.#positions[index] = position;
    if (position === WHOLE) {
      this.#wholes[index] = typeof message === "string" ? message : message.slice();
      this.#wholeCount++;
    }
    const cost = ENTRY_BYTES + size;
    this.#sums[index] = this.#sum += cost;
    return cost;
  }

  /** Returns the message with an offset. */
  at(offset: number): KeptMessage {
    const index = this.#indexOf(offset), compress = this.#plain?.has(offset) !== true;
    const whole = this.#wholes[index] ?? null;
    if (whole !== null) return { message: whole, compress };
    const size = this.costAt(offset) - ENTRY_BYTES;
    return { message: this.#ring.read(this.#positions[index]!, size), compress };
  }

  /** Returns the cost of the message with an offset. */
  costAt(offset: number): number {
    const before = offset === this.#first ? this.#freed : this.#sums[this.#indexOf(offset - 1)]!;
    return this.#sums[this.#indexOf(offset)]! - before;
  }

  /**
   * Removes the messages before an offset, which must be that of a kept message or the next one.
   */
  acknowledge(received: number): void {
    const count = received - this.#first;
    if (count <= 0) return;
    if (this.#wholeCount > 0) this.#freeWholes(count);
    if (this.#plain !== null) this.#forgetPlain(received);
    this.#freeRing(received);
    this.#freed = this.#sums[this.#indexOf(received - 1)]!;
    this.#head = (this.#head + count) & (this.#positions.length - 1);
    this.#count -= count;
    this.#first = received;
    if (this.#count === 0) this.#ring.clear();
  }

  /**
   * Empties the queue and starts again at the offset 0. Returns the kept messages: those before an
   * offset, and those from it on.
   */
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
    return (this.#head + offset - this.#first) & (this.#positions.length - 1);
  }

  /** Frees the ring up to the last message in it before an offset. */
  #freeRing(received: number): void {
    for (let offset = received - 1; offset >= this.#first; offset--) {
      const position = this.#positions[this.#indexOf(offset)]!;
      if (position === WHOLE) continue;
      return this.#ring.freeTo(position, this.costAt(offset) - ENTRY_BYTES);
    }
  }

  #freeWholes(count: number): void {
    const mask = this.#positions.length - 1;
    for (let i = 0; i < count; i++) {
      const index = (this.#head + i) & mask;
      if (this.#positions[index] !== WHOLE) continue;
      this.#wholes[index] = null;
      this.#wholeCount--;
    }
  }

  #forgetPlain(received: number): void {
    for (let offset = this.#first; offset < received; offset++) this.#plain?.delete(offset);
    if (this.#plain?.size === 0) this.#plain = null;
  }

  #grow(): void {
    const { length } = this.#positions, first = this.#head;
    const positions = new Int32Array(2 * length), sums = new Float64Array(2 * length);
    const wholes = new Array<Whole>(2 * length).fill(null);
    for (let i = 0; i < length; i++) {
      const from = (first + i) & (length - 1);
      positions[i] = this.#positions[from]!;
      sums[i] = this.#sums[from]!;
      wholes[i] = this.#wholes[from] ?? null;
    }
    this.#positions = positions;
    this.#sums = sums;
    this.#wholes = wholes;
    this.#head = 0;
  }
}
