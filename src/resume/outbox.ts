/**
 * Messages that the other side has not acknowledged.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { unwrapMessage, writeMessage } from "./wire_format.ts";

/** A message with its offset before it. */
export interface OutboxEntry {
  readonly written: Message;
  readonly compress: boolean;
}

/** What an entry costs besides its bytes: a million empty messages are not free. */
const ENTRY_BYTES = 64;
/** Freed entries after which the array is cut. */
const CUT_AFTER = 1_024;

/** A queue of messages by their offsets. */
export class Outbox {
  #entries: OutboxEntry[] = [];
  /** Of `#entries` that are freed. */
  #freed = 0;
  /** Offset of the oldest entry. */
  #first = 0;
  #bytes = 0;

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

  /** Keeps a message; its bytes are copied. */
  push(message: Message, compress: boolean): OutboxEntry {
    const entry = { written: writeMessage(message, this.next), compress };
    this.#entries.push(entry);
    this.#bytes += costOf(entry);
    return entry;
  }

  /** The entry of an offset that is kept. */
  at(offset: number): OutboxEntry {
    return this.#entries[this.#freed + offset - this.#first]!;
  }

  /** Frees the messages before an offset, which must be one that is kept or the next. */
  acknowledge(received: number): void {
    for (; this.#first < received; this.#first++) {
      this.#bytes -= costOf(this.#entries[this.#freed]!);
      this.#entries[this.#freed++] = NONE;
    }
    if (this.#freed === this.#entries.length) this.#entries.length = this.#freed = 0;
    else if (this.#freed >= CUT_AFTER) {
      this.#entries = this.#entries.slice(this.#freed);
      this.#freed = 0;
    }
  }

  /** Begins anew at the offset 0. Gives what was kept: before an offset, and from there on. */
  restart(offset: number): { before: readonly Message[]; after: readonly OutboxEntry[] } {
    const kept = this.#entries.slice(this.#freed);
    const count = Math.max(0, offset - this.#first);
    this.#entries = [];
    this.#freed = this.#first = this.#bytes = 0;
    return {
      before: kept.slice(0, count).map(({ written }) => unwrapMessage(written)),
      after: kept.slice(count),
    };
  }
}

const NONE: OutboxEntry = { written: "", compress: false };

/** Bytes that an entry counts. */
export function costOf({ written }: OutboxEntry): number {
  return ENTRY_BYTES + (typeof written === "string" ? written.length * 2 : written.length);
}
