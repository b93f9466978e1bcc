/**
 * The LZ77 window of RFC 7692: the bytes that a compressed message may refer to.
 *
 * @module
 */
import type { DeflateDirection } from "../../../handshake/permessage_deflate.ts";

/** The window of one direction. */
export class DeflateWindow {
  readonly #maxBytes: number;
  readonly #takeover: boolean;
  #bytes: Uint8Array | undefined;

  constructor({ windowBits, takeover }: DeflateDirection) {
    this.#maxBytes = 1 << windowBits;
    this.#takeover = takeover;
  }

  /** The window; `undefined` while it is empty. */
  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  /** Adds a fragment. After the final one the window is kept only with context takeover. */
  add(part: Uint8Array, final: boolean): void {
    if (final && !this.#takeover) this.#bytes = undefined;
    else if (part.length >= this.#maxBytes) {
      this.#bytes = new Uint8Array(part.subarray(part.length - this.#maxBytes));
    } else if (part.length > 0) this.#bytes = this.#append(part);
  }

  /** Puts back an earlier window. */
  restore(bytes: Uint8Array | undefined): void {
    this.#bytes = bytes;
  }

  #append(part: Uint8Array): Uint8Array {
    const old = this.#bytes;
    if (old === undefined) return new Uint8Array(part);
    const kept = Math.min(old.length, this.#maxBytes - part.length);
    const joined = new Uint8Array(kept + part.length);
    joined.set(old.subarray(old.length - kept));
    joined.set(part, kept);
    return joined;
  }
}
