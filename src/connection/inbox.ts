/**
 * Messages that came and were not yet taken.
 *
 * @module
 */
import type { Message } from "../handler.ts";

/** Part of a message that is read fragment by fragment. */
export class Part {
  readonly data: Message;
  readonly final: boolean;

  constructor(data: Message, final: boolean) {
    this.data = data;
    this.final = final;
  }
}

/** What an entry costs beside its content: a million empty messages are not free. */
const ENTRY_BYTES = 64;

/** From this many bytes on, the peer is held back. A quarter of the default of `maxHeldBytes` would do; this is plenty. */
export const INBOX_HIGH_WATER_BYTES = 256 * 1024;

/** A queue that counts the bytes it holds. */
export class Inbox {
  #entries: (Message | Part)[] = [];
  #next = 0; // entries before it are taken
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#next === this.#entries.length;
  }

  /** Whether the peer is to be held back. */
  get isFull(): boolean {
    return this.#bytes >= INBOX_HIGH_WATER_BYTES;
  }

  /** Whether there is enough room again to let the peer go on. */
  get hasRoom(): boolean {
    return this.#bytes < INBOX_HIGH_WATER_BYTES / 2;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(entry: Message | Part): void {
    this.#entries.push(entry);
    this.#bytes += cost(entry);
  }

  /** Takes the oldest entry; `undefined` when there is none. */
  shift(): Message | Part | undefined {
    if (this.isEmpty) return undefined;
    const entry = this.#entries[this.#next]!;
    this.#entries[this.#next++] = ""; // let it go now, not when the array is cleared
    this.#bytes -= cost(entry);
    if (this.isEmpty) this.clear();
    else if (this.#next >= 1024) {
      this.#entries = this.#entries.slice(this.#next);
      this.#next = 0;
    }
    return entry;
  }

  peek(): Message | Part | undefined {
    return this.#entries[this.#next];
  }

  clear(): void {
    this.#entries.length = 0;
    this.#next = 0;
    this.#bytes = 0;
  }
}

function cost(entry: Message | Part): number {
  const data = entry instanceof Part ? entry.data : entry;
  return ENTRY_BYTES + (typeof data === "string" ? data.length * 2 : data.byteLength);
}
