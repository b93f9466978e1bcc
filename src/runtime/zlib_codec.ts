/**
 * permessage-deflate on `node:zlib`, which Node, Deno and Bun have.
 *
 * Every call compresses or inflates one message and leaves no zlib context behind: what a
 * message may refer to is kept as plain bytes, at most a window of them, and handed to zlib
 * as its dictionary. A context in every connection would be 300 KiB (performance.md point 8).
 *
 * @module
 */
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { CodecOptions, DeflateEngine } from "../connection/compression.ts";
import type { MessageCodec } from "../protocol/message_codec.ts";
import { type Violation, Violations } from "../protocol/check_header.ts";
import { DeflateWindow } from "./deflate_window.ts";

/** Blocks are flushed at the end of a message, not finished (RFC 7692 section 7.2.1). */
const finishFlush = constants.Z_SYNC_FLUSH;
/** What a sync flush ends with, and what is left out on the wire (section 7.2.1 step 3). */
const TAIL_BYTES = 4;
/** A window of 256 bytes is beyond zlib: with it, nothing is compressed. */
const LEAST_WINDOW_BITS = 9;
/** Final blocks in one message. One is legal (section 7.2.3.4); thousands would cost us a call each. */
const MAX_FINAL_BLOCKS = 16;

const NOTHING: Uint8Array = new Uint8Array(0);
/** The largest `maxOutputLength` that all runtimes take. */
const MOST_OUTPUT_BYTES = 2 ** 31 - 1;

/** Deno ignores the dictionary of a raw stream in both directions (seen on 2.9.6). Tried when first needed. */
function takesDictionary(): boolean {
  return hasTaken ??= tryDictionary();
}

let hasTaken: boolean | null = null;

function tryDictionary(): boolean {
  const dictionary = new TextEncoder().encode("does zlib look at its dictionary?");
  return deflateRawSync(dictionary, { dictionary }).length < dictionary.length / 2;
}

/** The zlib of `node:zlib`. */
export const zlibEngine: DeflateEngine = {
  get canReferBack() {
    return takesDictionary();
  },
  makeCodec: (options) => new ZlibCodec(options),
};

/** Compresses and inflates the messages of one connection. */
class ZlibCodec implements MessageCodec {
  readonly #options: CodecOptions;
  readonly #sent: DeflateWindow;
  readonly #received: DeflateWindow;

  constructor(options: CodecOptions) {
    this.#options = options;
    this.#sent = new DeflateWindow(options.send);
    this.#received = new DeflateWindow(options.receive);
  }

  encode(payload: Uint8Array): Uint8Array | null {
    const { thresholdBytes, send } = this.#options;
    if (payload.length < thresholdBytes || send.windowBits < LEAST_WINDOW_BITS) return null;
    const deflated = this.#deflate(payload);
    const encoded = deflated.subarray(0, deflated.length - TAIL_BYTES);
    // What is not sent compressed must not get into the window: the peer will not have it there.
    if (encoded.length >= payload.length) return null;
    this.#sent.add(payload, true);
    return encoded;
  }

  encodePart(part: Uint8Array, final: boolean): Uint8Array {
    const deflated = this.#deflate(part);
    this.#sent.add(part, final);
    return final ? deflated.subarray(0, deflated.length - TAIL_BYTES) : deflated;
  }

  /** A final block ends its stream, but not the message: what follows is another stream. */
  decode(payload: Uint8Array, maxBytes: number): Uint8Array | Violation {
    const parts: Uint8Array[] = [];
    let rest = payload, left = maxBytes;
    for (let streams = 0; streams <= MAX_FINAL_BLOCKS; streams++) {
      const inflated = inflateStream(rest, this.#received.bytes, left);
      if (!("bytes" in inflated)) return inflated;
      const { bytes, taken } = inflated;
      parts.push(bytes);
      left -= bytes.length;
      rest = rest.subarray(taken);
      this.#received.add(bytes, rest.length === 0);
      if (rest.length === 0) return parts.length === 1 ? bytes : concat(parts);
      if (taken === 0) break;
    }
    return Violations.badEncoding;
  }

  #deflate(payload: Uint8Array): Uint8Array {
    const { level, send } = this.#options;
    const windowBits = Math.max(send.windowBits, LEAST_WINDOW_BITS);
    const dictionary = takesDictionary() ? this.#sent.bytes : undefined;
    return deflateRawSync(payload, { level, windowBits, finishFlush, dictionary });
  }
}

interface Inflated {
  readonly bytes: Uint8Array;
  /** Bytes of the input up to the end of a final block, or all. */
  readonly taken: number;
}

/** Inflates up to a final block, or to the end; stops at `maxBytes`, so that a bomb costs its limit. */
function inflateStream(
  payload: Uint8Array,
  window: Uint8Array | undefined,
  maxBytes: number,
): Inflated | Violation {
  const known = window === undefined || takesDictionary() ? NOTHING : window;
  const input = known.length === 0 ? payload : concat([storedBlock(known), known, payload]);
  const dictionary = takesDictionary() ? window : undefined;
  const maxOutputLength = Math.max(1, Math.min(maxBytes + known.length, MOST_OUTPUT_BYTES));
  const chunkSize = Math.max(1024, Math.min(input.length * 4, 64 * 1024));
  try {
    const options = { finishFlush, dictionary, maxOutputLength, chunkSize, info: true };
    const result: unknown = inflateRawSync(input, options);
    if (!isInflateInfo(result)) throw new TypeError("zlib does not tell how far it came");
    const { buffer, engine } = result;
    if (buffer.length > maxBytes + known.length) return Violations.messageTooBig;
    const bytes = new Uint8Array(buffer.subarray(known.length));
    return { bytes, taken: engine.bytesWritten - (input.length - payload.length) };
  } catch (error) {
    const isTooBig = error instanceof Error && "code" in error &&
      error.code === "ERR_BUFFER_TOO_LARGE";
    return isTooBig ? Violations.messageTooBig : Violations.badEncoding;
  }
}

/** What `info: true` makes of the result; its type is not in Node's declarations. */
interface InflateInfo {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function isInflateInfo(result: unknown): result is InflateInfo {
  return typeof result === "object" && result !== null && "buffer" in result && "engine" in result;
}

/**
 * The header of a stored block (RFC 1951 section 3.2.4) with these bytes: inflated before a
 * message, it fills the window as a dictionary would.
 */
function storedBlock({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(0, length, length >> 8, ~length, ~length >> 8);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
