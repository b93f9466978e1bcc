/**
 * Where outgoing frames are written. The encoder writes into a buffer of its owner, so that many
 * frames leave in one write and none is an object of its own.
 *
 * @module
 */

/** A buffer for outgoing bytes. */
export interface Output {
  /** The buffer that the last `reserve` gave an offset in. Each `reserve` may replace it. */
  readonly bytes: Uint8Array;
  /** Reserves `size` bytes behind those reserved before. Returns their offset in `bytes`. */
  reserve(size: number): number;
  /** Gives back the last `size` bytes of the last `reserve`. */
  release(size: number): void;
  /**
   * Whether the peer does not keep up. While it is `true`, pongs are put off, and only the latest
   * is sent (RFC 6455 section 5.5.3 allows it).
   */
  readonly isCongested: boolean;
}

/** An output that collects bytes until they are taken. For use with your own I/O. */
export class CollectingOutput implements Output {
  #bytes: Uint8Array = new Uint8Array(1024);
  #length = 0;
  /**
   * Set it to `true` while the transport does not keep up.
   *
   * @default {false}
   */
  isCongested = false;

  /** The buffer that the last `reserve` gave an offset in. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Number of bytes that wait to be taken. */
  get length(): number {
    return this.#length;
  }

  /** Reserves `size` bytes and returns their offset in `bytes`. */
  reserve(size: number): number {
    const at = this.#length, needed = at + size;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    this.#length = needed;
    return at;
  }

  /** Gives back the last `size` bytes. */
  release(size: number): void {
    this.#length -= size;
  }

  /** Returns a copy of everything written since the last call. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
