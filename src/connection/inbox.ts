/**
 * Messages that came and were not yet taken.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { WebSocketError } from "../errors.ts";

/** Part of a message that is read fragment by fragment. */
export class Part {
  readonly data: Message;
  readonly final: boolean;

  constructor(data: Message, final: boolean) {
    this.data = data;
    this.final = final;
  }
}

/** What a message that was a part of a larger buffer says when that was transferred away. */
export function transferredError(): WebSocketError {
  return new WebSocketError(
    "ERR_TRANSFERRED",
    "a message was transferred, and others in its buffer with it: transfer a copy, message.slice()",
  );
}

/** What an entry costs beside its content: a million empty messages are not free. */
const ENTRY_BYTES = 64;

/** From this many bytes on, the peer is held back. A quarter of the default of `maxBufferedBytes` would do; this is plenty. */
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
    this.#bytes += cost(entry, this.#entries.at(-1));
    this.#entries.push(entry);
  }

  /**
   * Takes the oldest entry; `undefined` when there is none. Throws when its bytes are gone:
   * the owner of another message has transferred the buffer they shared.
   */
  shift(): Message | Part | undefined {
    if (this.isEmpty) return undefined;
    const entry = this.#entries[this.#next]!;
    this.#entries[this.#next++] = ""; // let it go now, not when the array is cleared
    this.#bytes -= cost(entry, this.#entries[this.#next]);
    if (this.isEmpty) this.clear();
    else if (this.#next >= 1024) {
      this.#entries = this.#entries.slice(this.#next);
      this.#next = 0;
    }
    if (isTransferred(dataOf(entry))) throw transferredError();
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

function dataOf(entry: Message | Part): Message {
  return entry instanceof Part ? entry.data : entry;
}

/** Messages that share a buffer keep all of it: one of neighbours counts it, the others nothing. */
function cost(entry: Message | Part, neighbour: Message | Part | undefined): number {
  const data = dataOf(entry);
  if (typeof data === "string") return ENTRY_BYTES + data.length * 2;
  // At 0 a message has a buffer of its own. (Bun makes `buffer` when first asked, at some cost.)
  if (data.byteOffset === 0) return ENTRY_BYTES + data.byteLength;
  const other = neighbour === undefined ? "" : dataOf(neighbour);
  const isShared = typeof other !== "string" && other.buffer === data.buffer;
  return ENTRY_BYTES + (isShared ? 0 : data.buffer.byteLength);
}

function isTransferred(data: Message): boolean {
  return typeof data !== "string" && data.length === 0 && isDetached(data.buffer);
}

/** `ArrayBuffer.detached` is in no declaration file that we may count on. */
function isDetached(buffer: ArrayBufferLike & { readonly detached?: boolean }): boolean {
  return buffer.detached === true;
}
