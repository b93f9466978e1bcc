/**
 * Inflates one message as it arrives, by an `InflateRaw` stream of `node:zlib`. Node and Bun
 * inflate in another thread, Deno between the turns of its event loop. None of them inflates more
 * than one slice ahead, so that a decompression bomb costs only as much as is read of it.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { constants, createInflateRaw, type InflateRaw } from "node:zlib";
import { EMPTY_BYTES } from "../../../bytes.ts";
import type { MessageDecoder } from "../../../protocol/message_codec.ts";
import { type Violation, Violations } from "../../../protocol/violations.ts";
import type { DeflateWindow } from "./window.ts";
import { judgeRest, withEnding } from "./ending.ts";
import { storedBlocks, takesDictionary } from "./dictionary.ts";

/** Largest slice of zlib's output. */
const SLICE_BYTES = 64 * 1024;
/**
 * Most final blocks in one message. They are legal (RFC 7692 section 7.2.3.4), but each costs a
 * zlib context.
 */
export const MAX_FINAL_BLOCKS = 16;

/** Options of {@linkcode ZlibDecoder}. */
export interface ZlibDecoderOptions {
  /** The bytes that the message may refer to. The decoder adds those of the message. */
  readonly window: DeflateWindow;
  /** Whether later messages may refer to this one. */
  readonly takeover: boolean;
  /** Called when `take` has more output. */
  readonly wake: () => void;
}

/** The decoder of one message. */
export class ZlibDecoder implements MessageDecoder {
  readonly #options: ZlibDecoderOptions;
  #stream: InflateRaw | null = null; // inflates up to the next final block
  #streams = 0;
  #skip = 0; // bytes at the start of the output that belong to the window
  #writtenBytes = 0; // bytes of input so far
  #part: Uint8Array = EMPTY_BYTES; // the input that is being inflated
  #isInflated = true;
  #isFinal = false;
  #isWakeSet = false;
  #isDiscarding = false;
  #violation: Violation | null = null;

  constructor(options: ZlibDecoderOptions) {
    this.#options = options;
  }

  push(part: Uint8Array, final: boolean): void {
    this.#isFinal = final;
    if (this.#isIdle()) return;
    const hasBegun = this.#stream !== null || part.length > 0;
    if (final && hasBegun) this.#write(withEnding(part));
    else if (part.length > 0) this.#write(part);
  }

  take(): Uint8Array | Violation | "done" | null {
    if (this.#violation !== null) return this.#violation;
    if (this.#isWakeSet) return null; // one slice in each turn of the event loop
    const bytes = this.#read();
    if (bytes !== null) return bytes;
    if (!this.#isInflated || this.#isWakeSet) return null;
    const rest = this.#rest();
    if (this.#stream === null || (!this.#isFinal && rest.length === 0)) return this.#endPart();
    if (this.#isFinal) {
      const verdict = judgeRest(rest.length);
      if (verdict === "complete") return this.#endPart();
      if (verdict === "damaged") return this.#violation = Violations.badEncoding;
    }
    // A final block ends a DEFLATE stream, but not the message: another stream follows.
    this.#close();
    if (++this.#streams > MAX_FINAL_BLOCKS) return this.#violation = Violations.badEncoding;
    this.#write(rest);
    return null;
  }

  discard(): void {
    this.#isDiscarding = true;
    if (this.#isIdle()) this.#close();
  }

  stop(): void {
    this.#close();
  }

  /**
   * Whether the output is not needed, because the message is discarded and later ones must not
   * refer to it.
   */
  #isIdle(): boolean {
    return this.#isDiscarding && !this.#options.takeover;
  }

  #endPart(): "done" {
    if (this.#isFinal) {
      this.#close();
      this.#options.window.add(EMPTY_BYTES, true);
    }
    return "done";
  }

  /** The next bytes of the message; `null` if there are none yet. */
  #read(): Uint8Array | null {
    const slice: Uint8Array | null = this.#stream?.read() ?? null;
    if (slice === null) return null;
    const skipped = Math.min(this.#skip, slice.length);
    this.#skip -= skipped;
    const bytes = ownSlice(slice, skipped);
    this.#options.window.add(bytes, false);
    this.#wakeSoon();
    return this.#isDiscarding ? EMPTY_BYTES : bytes;
  }

  /** The input behind a final block. */
  #rest(): Uint8Array {
    if (this.#stream === null) return EMPTY_BYTES;
    return this.#part.subarray(
      this.#part.length - (this.#writtenBytes - this.#stream.bytesWritten),
    );
  }

  #write(part: Uint8Array): void {
    const stream = this.#stream ??= this.#open();
    this.#part = part;
    this.#isInflated = false;
    this.#writtenBytes += part.length;
    stream.write(part, () => this.#inflated(stream));
  }

  #open(): InflateRaw {
    const window = this.#options.window.bytes;
    const isTaken = window === undefined || takesDictionary();
    const stream = createInflateRaw({
      chunkSize: SLICE_BYTES,
      flush: constants.Z_SYNC_FLUSH,
      finishFlush: constants.Z_SYNC_FLUSH, // the message ends with a flush, not with a final block
      ...(window !== undefined && isTaken ? { dictionary: window } : {}),
    });
    stream.on("readable", () => this.#stream === stream && this.#wakeSoon());
    stream.on("end", () => this.#inflated(stream)); // at a final block
    stream.on("error", () => this.#failed(stream));
    this.#skip = this.#writtenBytes = 0;
    if (window === undefined || isTaken) return stream;
    const known = storedBlocks(window);
    this.#skip = window.length;
    this.#writtenBytes = known.length;
    stream.write(known);
    return stream;
  }

  #inflated(stream: InflateRaw): void {
    if (this.#stream !== stream) return;
    this.#isInflated = true;
    this.#wakeSoon();
  }

  #failed(stream: InflateRaw): void {
    if (this.#stream !== stream) return;
    this.#violation = Violations.badEncoding;
    this.#wakeSoon();
  }

  #close(): void {
    this.#stream?.destroy();
    this.#stream = null;
    this.#isInflated = true;
    this.#part = EMPTY_BYTES;
  }

  #wakeSoon(): void {
    if (this.#isWakeSet) return;
    this.#isWakeSet = true;
    setImmediate(() => {
      this.#isWakeSet = false;
      this.#options.wake();
    });
  }
}

/**
 * Makes a slice that belongs to the caller. It is copied unless it fills its buffer, because zlib
 * continues to write there.
 */
function ownSlice(slice: Uint8Array, start: number): Uint8Array {
  const { buffer } = slice;
  if (slice.length - start === buffer.byteLength) return new Uint8Array(buffer);
  return new Uint8Array(slice.subarray(start));
}
