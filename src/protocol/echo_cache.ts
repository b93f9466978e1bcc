/**
 * The text that is being delivered, with the bytes it was made of. Who answers with the same
 * text, or hands it to others before its handler returns, has it copied, which takes a third of
 * the time of encoding it where the platform is slow with short texts (Deno: 46 for 135 ns).
 *
 * @module
 */
import { EMPTY_BYTES } from "../bytes.ts";

/** Shorter ones are as quickly encoded as compared. */
const MIN_CHARACTERS = 16;

/** There is one for all connections: while a text is delivered, no other is. */
class EchoCache {
  #text = "";
  #bytes: Uint8Array = EMPTY_BYTES;
  #start = 0;

  /** Begins the delivery of an ASCII text that was made of `bytes` from `start` on. */
  begin(text: string, bytes: Uint8Array, start: number): void {
    this.#text = text;
    this.#bytes = bytes;
    this.#start = start;
  }

  /** It is delivered: from here on its bytes may be overwritten. */
  end(): void {
    this.#text = "";
    this.#bytes = EMPTY_BYTES;
  }

  /** The bytes of this text, if it is the one that is being delivered. */
  find(text: string): Uint8Array | null {
    const bytes = this.#bytes, { length } = text;
    if (length < MIN_CHARACTERS || text !== this.#text || bytes.length === 0) return null;
    return new Uint8Array(bytes.buffer, bytes.byteOffset + this.#start, length);
  }
}

/** The text that is being delivered. */
export const echoCache: EchoCache = new EchoCache();
