/**
 * The buffer that a `Deno.Conn` reads into. A pending read holds its buffer and cannot be
 * cancelled, so each idle connection costs one buffer. It is small unless the connection is busy.
 *
 * @module
 */
import { EMPTY_BYTES } from "../../bytes.ts";

const SMALL_BYTES = 512;
const MIDDLE_BYTES = 8 * 1024;
/**
 * Size of a large buffer: a frame of 64 KiB with its header fits, so that a message which arrives
 * whole needs no copy.
 */
const LARGE_BYTES = 65 * 1024;

/**
 * Most pending reads, of all connections together, with a buffer for a whole frame like the one
 * before. It limits the memory of connections that become idle after such a frame to 2 MiB.
 */
const MAX_FRAME_READS = 32;

/**
 * Reads of up to this many bytes are copied into one buffer. A buffer for each read would cost ten
 * times as much as the copy.
 */
const GATHERED_BYTES = 128;

/** How long a connection keeps a larger buffer after the last read that needed it. */
const BUSY_MS = 100;

function fit(length: number): number {
  if (length < SMALL_BYTES) return SMALL_BYTES;
  return length < MIDDLE_BYTES ? MIDDLE_BYTES : LARGE_BYTES;
}

/** Provides the memory to read into, and takes the bytes that were read. */
export class ReadBuffer {
  static #frameReads = 0;
  #bytes: Uint8Array = new Uint8Array(SMALL_BYTES);
  #nextBytes = SMALL_BYTES;
  #isGiven = false;
  #neededAt = -Infinity;
  #gathered: Uint8Array | null = null; // the bytes of several small reads
  #gatheredBytes = 0;
  #keptBytes = 0; // the gathered bytes that a sink may still refer to
  // Bytes taken by the last read; 0 if the rest of its frame was read into the sink's memory.
  #takenBytes = 0;
  #isOfFrameSize = false; // the next read has memory for a whole frame
  #wasReusable = false; // the sink did not keep the bytes taken last
  #isFrameRead = false; // the pending read has memory for a whole frame

  /** Begins a read. Returns the memory for its bytes. */
  begin(): Uint8Array {
    if (this.#isOfFrameSize && ReadBuffer.#frameReads === MAX_FRAME_READS) this.#bePlain();
    this.#isFrameRead = this.#isOfFrameSize;
    if (this.#isFrameRead) ReadBuffer.#frameReads++;
    if (this.#bytes.length !== this.#nextBytes) this.#bytes = new Uint8Array(this.#nextBytes);
    return this.#bytes;
  }

  /** Called when the read has ended, whether it succeeded or failed. */
  end(): void {
    if (this.#isFrameRead) ReadBuffer.#frameReads--;
    this.#isFrameRead = false;
  }

  /**
   * Takes the first `length` bytes. A buffer that is at least half full is handed over, and so is
   * one of at most 8 KiB if the sink did not keep the bytes before: it will be free again, and a
   * copy of 1 KiB takes 1.3 µs. Otherwise the bytes are copied; up to {@linkcode GATHERED_BYTES}
   * are copied behind those of earlier reads.
   */
  take(length: number): Uint8Array {
    const bytes = this.#bytes;
    this.#takenBytes = length;
    if (!this.#isOfFrameSize) this.#nextBytes = this.#chooseNext(length);
    else if (length < bytes.length) this.#bePlain();
    if (length <= GATHERED_BYTES) {
      this.#isGiven = false;
      return this.#gather(length);
    }
    this.#isGiven = length * 2 >= bytes.length || this.#wasReusable && bytes.length <= MIDDLE_BYTES;
    return this.#isGiven ? bytes.subarray(0, length) : bytes.slice(0, length);
  }

  /**
   * Prepares the next read. `isReusable` means that the sink no longer refers to the bytes taken
   * last.
   */
  prepare(isReusable: boolean): void {
    this.#wasReusable = isReusable;
    if (isReusable) this.#gatheredBytes = this.#keptBytes;
    else this.#keptBytes = this.#gatheredBytes;
    if (this.#isGiven && !isReusable) this.#bytes = EMPTY_BYTES;
  }

  /**
   * Called when the next read goes into the sink's own memory, for the `restBytes` of a frame that
   * the last read began. The frame after it is likely to have the same size. It is then read at
   * once into a buffer of that size, which can be handed over. For 64 KiB this takes a tenth less
   * time.
   */
  skip(restBytes: number): void {
    if (this.#takenBytes === 0) return; // another read of the same frame
    const frameBytes = this.#takenBytes + restBytes;
    this.#takenBytes = 0;
    this.#isOfFrameSize = frameBytes <= LARGE_BYTES;
    // Or the default: there may be no other frame.
    this.#nextBytes = this.#isOfFrameSize ? frameBytes : SMALL_BYTES;
  }

  #bePlain(): void {
    this.#isOfFrameSize = false;
    this.#nextBytes = SMALL_BYTES;
  }

  /** Copies the first `length` bytes behind those of earlier reads. */
  #gather(length: number): Uint8Array {
    let gathered = this.#gathered, at = this.#gatheredBytes;
    if (gathered === null || gathered.length < at + length) { // also if it was transferred
      gathered = this.#gathered = new Uint8Array(SMALL_BYTES);
      at = this.#keptBytes = 0;
    }
    const end = this.#gatheredBytes = at + length;
    gathered.set(this.#bytes.subarray(0, length), at);
    return gathered.subarray(at, end);
  }

  #chooseNext(length: number): number {
    const size = this.#bytes.length;
    // A full buffer means that more bytes wait, so the next read ends at once and its buffer is not
    // held by an idle connection.
    if (length === size || size === SMALL_BYTES) return fit(length);
    const now = performance.now();
    const isBusy = now - this.#neededAt < BUSY_MS;
    if (fit(length) === size) this.#neededAt = now;
    return isBusy ? size : SMALL_BYTES;
  }
}
