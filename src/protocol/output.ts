/**
 * Where outgoing frames are written: a buffer lent to the encoder, so that many frames
 * leave in one write and none is an object of its own.
 *
 * @module
 */

/** A place for outgoing bytes. */
export interface Output {
  /** The buffer that the offset of the last `reserve` refers to; it may change with each `reserve`. */
  readonly bytes: Uint8Array;
  /** Makes room for `size` bytes after all reserved before; returns their offset in `bytes`. */
  reserve(size: number): number;
  /** Gives back the last `size` bytes of the last `reserve`. */
  release(size: number): void;
  /** The peer does not keep up: what can be left out (all but the latest pong) should be. */
  readonly isCongested: boolean;
}

/** An output for those who bring their own I/O: it collects until it is taken. */
export class CollectingOutput implements Output {
  #bytes: Uint8Array = new Uint8Array(1024);
  #length = 0;
  /** Set it while the transport does not keep up. Default `false`. */
  isCongested = false;

  /** The buffer under the last reservation. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Bytes waiting to be taken. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for `size` bytes and returns their offset. */
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

  /** Takes all that was written since the last call. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
