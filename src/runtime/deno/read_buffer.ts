/**
 * The buffer a `Deno.Conn` reads into. A pending read holds its buffer and cannot be
 * called back, so this is the memory of an idle connection: small unless it is busy.
 *
 * @module
 */

const SMALL_BYTES = 512;
const MIDDLE_BYTES = 8 * 1024;
/** Room for a frame of 64 KiB with its header: what arrives whole need not be put together. */
const LARGE_BYTES = 65 * 1024;

/**
 * Of all connections, so many reads may be under way that have room for a whole frame like the
 * one before: 2 MiB, which connections that are idle after such a frame hold meanwhile.
 */
const MAX_FRAME_READS = 32;

/** Up to this many bytes are copied together: a buffer for each would cost ten times the copy. */
const GATHERED_BYTES = 128;

/** How long after a read that needed it a connection keeps a larger buffer. */
const BUSY_MS = 100;

const NOTHING: Uint8Array = new Uint8Array(0);

function fit(length: number): number {
  if (length < SMALL_BYTES) return SMALL_BYTES;
  return length < MIDDLE_BYTES ? MIDDLE_BYTES : LARGE_BYTES;
}

/** Offers bytes to read into, and takes out what was read. */
export class ReadBuffer {
  static #frameReads = 0;
  #bytes: Uint8Array = new Uint8Array(SMALL_BYTES);
  #nextBytes = SMALL_BYTES;
  #isGiven = false;
  #neededAt = -Infinity;
  #gathered: Uint8Array | null = null; // what came in small reads, one behind the other
  #gatheredBytes = 0;
  #keptBytes = 0; // of them, those that somebody may refer to
  #takenBytes = 0; // by the last read, unless some of its frame was read elsewhere
  #isOfFrameSize = false; // the next read is to bring a whole one
  #isFrameRead = false; // the one under way does

  /** Begins a read into the bytes that it returns. */
  begin(): Uint8Array {
    if (this.#isOfFrameSize && ReadBuffer.#frameReads === MAX_FRAME_READS) this.#bePlain();
    this.#isFrameRead = this.#isOfFrameSize;
    if (this.#isFrameRead) ReadBuffer.#frameReads++;
    if (this.#bytes.length !== this.#nextBytes) this.#bytes = new Uint8Array(this.#nextBytes);
    return this.#bytes;
  }

  /** It is over, in whatever way. */
  end(): void {
    if (this.#isFrameRead) ReadBuffer.#frameReads--;
    this.#isFrameRead = false;
  }

  /**
   * Takes the first `length` bytes: a well filled buffer is given away, a few bytes are copied,
   * very few of them behind those of the reads before.
   */
  take(length: number): Uint8Array {
    const bytes = this.#bytes;
    this.#takenBytes = length;
    if (!this.#isOfFrameSize) this.#nextBytes = this.#chooseNext(length);
    else if (length < bytes.length) this.#bePlain();
    this.#isGiven = length * 2 >= bytes.length;
    if (length <= GATHERED_BYTES) return this.#gather(length);
    return this.#isGiven ? bytes.subarray(0, length) : bytes.slice(0, length);
  }

  /** Sees to the next read; with `isFree` the bytes last taken are not needed any more. */
  prepare(isFree: boolean): void {
    if (isFree) this.#gatheredBytes = this.#keptBytes;
    else this.#keptBytes = this.#gatheredBytes;
    if (this.#isGiven && !isFree) this.#bytes = NOTHING;
  }

  /**
   * The next read goes elsewhere, with the `restBytes` of a frame that the last one began. The
   * frame behind it is likely to be as large: it is read at once, into a buffer of this size that
   * can be given away with it, which takes a tenth less time for 64 KiB.
   */
  skip(restBytes: number): void {
    if (this.#takenBytes === 0) return; // more of the same frame
    const frameBytes = this.#takenBytes + restBytes;
    this.#takenBytes = 0;
    this.#isOfFrameSize = frameBytes <= LARGE_BYTES;
    this.#nextBytes = this.#isOfFrameSize ? frameBytes : SMALL_BYTES; // no more may be waiting
  }

  #bePlain(): void {
    this.#isOfFrameSize = false;
    this.#nextBytes = SMALL_BYTES;
  }

  /** Copies the first `length` bytes behind those of earlier reads. */
  #gather(length: number): Uint8Array {
    let gathered = this.#gathered, at = this.#gatheredBytes;
    if (gathered === null || gathered.length < at + length) { // also when it was transferred
      gathered = this.#gathered = new Uint8Array(SMALL_BYTES);
      at = this.#keptBytes = 0;
    }
    const end = this.#gatheredBytes = at + length;
    gathered.set(this.#bytes.subarray(0, length), at);
    return gathered.subarray(at, end);
  }

  #chooseNext(length: number): number {
    const size = this.#bytes.length;
    // A full buffer: more is waiting, so the next read ends at once whatever it holds.
    if (length === size || size === SMALL_BYTES) return fit(length);
    const now = performance.now();
    const isBusy = now - this.#neededAt < BUSY_MS;
    if (fit(length) === size) this.#neededAt = now;
    return isBusy ? size : SMALL_BYTES;
  }
}
