/**
 * Remembers the text that is being delivered together with its bytes. If a handler sends the text
 * it was just given, to its peer or to others, those bytes are copied instead of encoding the text
 * again: 64 bytes in 46 ns rather than 135 on Deno, 64 KiB with some letters beyond ASCII in 1 µs
 * rather than 60 to 90 on V8 and 9 on JavaScriptCore.
 *
 * The cache is state shared by all connections of the process. That is safe because delivery is
 * synchronous: one text is delivered at a time, and its entry is cleared when its sink returns.
 *
 * @module
 */
import { EMPTY_BYTES } from "../bytes.ts";

/** Encoding a shorter text takes no longer than comparing it. */
const MIN_ECHO_CHARS = 16;

class EchoCache {
  #text = "";
  #bytes: Uint8Array = EMPTY_BYTES;
  #start = 0;
  #end = 0;

  /** Begins the delivery of a text that was decoded from `bytes[start, end)`. */
  begin(text: string, bytes: Uint8Array, start: number, end: number): void {
    this.#text = text;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** Ends the delivery, after which the bytes may be overwritten. */
  end(): void {
    this.#text = "";
    this.#bytes = EMPTY_BYTES;
  }

  /** Returns the bytes of `text` if it is being delivered. */
  find(text: string): Uint8Array | null {
    const bytes = this.#bytes, start = this.#start;
    if (text.length < MIN_ECHO_CHARS || text !== this.#text || bytes.length === 0) return null;
    return new Uint8Array(bytes.buffer, bytes.byteOffset + start, this.#end - start);
  }
}

/** The text that is being delivered in this process. */
export const echoCache: EchoCache = new EchoCache();
