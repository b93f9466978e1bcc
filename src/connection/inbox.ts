/**
 * A queue of messages that arrived and were not read.
 *
 * @module
 */
import type { Message } from "../message.ts";

/** A fragment of a message that is read by `readFragment`. */
export interface UnreadFragment {
  readonly data: Message;
  readonly final: boolean;
}

/**
 * Bytes of memory that an entry needs beside its content: a string, a view of a shared buffer, and
 * bytes with a buffer of their own. The last was measured: up to 450 bytes on Node and Deno.
 */
const TEXT_BYTES = 64, VIEW_BYTES = 192, BUFFER_BYTES = 512;

/**
 * The peer is paused when the queue holds this many bytes, a sixteenth of the default of
 * `maxBufferedBytes`.
 */
export const INBOX_HIGH_WATER_BYTES = 256 * 1024;

/** A queue that counts the bytes in it. */
export class Inbox<Entry extends Message | UnreadFragment> {
  readonly #entries: (Entry | null)[] = [];
  #first = 0; // entries before it are taken
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#first === this.#entries.length;
  }

  /** Whether the peer should be paused. */
  get isFull(): boolean {
    return this.#bytes >= INBOX_HIGH_WATER_BYTES;
  }

  /** Whether the peer can be resumed, because the queue is at most half full. */
  get hasRoom(): boolean {
    return this.#bytes < INBOX_HIGH_WATER_BYTES / 2;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(entry: Entry): void {
    this.#bytes += costOf(entry, this.#entries.at(-1));
    this.#entries.push(entry);
  }

  /** Takes the oldest entry, of which there must be one. */
  shift(): Entry {
    const entry = this.#entries[this.#first]!;
    this.#entries[this.#first++] = null; // frees the entry now, not when the array is cleared
    this.#bytes -= costOf(entry, this.#entries[this.#first]);
    if (this.isEmpty) this.clear();
    else if (this.#first >= 1024) {
      this.#entries.splice(0, this.#first);
      this.#first = 0;
    }
    return entry;
  }

  /** The oldest entry, or `null`. */
  peek(): Entry | null {
    return this.#entries[this.#first] ?? null;
  }

  clear(): void {
    this.#entries.length = 0;
    this.#first = 0;
    this.#bytes = 0;
  }
}

/** Whether an entry is a whole message. */
export function isMessage(entry: Message | UnreadFragment): entry is Message {
  return typeof entry === "string" || entry instanceof Uint8Array;
}

function dataOf(entry: Message | UnreadFragment): Message {
  return isMessage(entry) ? entry : entry.data;
}

/**
 * The bytes of memory that an entry keeps alive. Messages that share a buffer keep all of it, so
 * the first of two neighbours counts the whole buffer and the second only itself.
 */
function costOf(
  entry: Message | UnreadFragment,
  neighbour: Message | UnreadFragment | null | undefined,
): number {
  const data = dataOf(entry);
  if (typeof data === "string") return TEXT_BYTES + data.length * 2;
  // At offset 0 a message has a buffer of its own. (Bun makes `buffer` at the first access, so
  // `byteOffset` is read first.)
  if (data.byteOffset === 0) return BUFFER_BYTES + data.byteLength;
  const other = neighbour === undefined || neighbour === null ? "" : dataOf(neighbour);
  const isShared = typeof other !== "string" && other.buffer === data.buffer;
  return VIEW_BYTES + (isShared ? 0 : data.buffer.byteLength);
}
