/**
 * permessage-deflate on `node:zlib`, which Node, Deno and Bun have.
 *
 * Each call compresses or inflates one message or fragment in a new zlib context. Context takeover
 * (RFC 7692 section 7.1.1) needs only the latest bytes, at most a window of them, which the next
 * context gets as its dictionary. A context kept per connection would cost 300 KiB.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { CodecOptions, DeflateEngine } from "../../../framed/compression.ts";
import type {
  EncodeFragmentOptions,
  MessageCodec,
  MessageDecoder,
} from "../../../protocol/message_codec.ts";
import { type Violation, Violations } from "../../../protocol/violations.ts";
import { MIN_WINDOW_BITS } from "../../../handshake/permessage_deflate.ts";
import { concat, EMPTY_BYTES } from "../../../bytes.ts";
import { DeflateWindow } from "./window.ts";
import { MAX_FINAL_BLOCKS, ZlibDecoder } from "./decoder.ts";
import { judgeRest, withEnding } from "./ending.ts";
import { storedBlocks, takesDictionary } from "./dictionary.ts";

/** The end of a message is flushed, not finished (RFC 7692 section 7.2.1). */
const finishFlush = constants.Z_SYNC_FLUSH;
/** Number of bytes at the end of a sync flush that are not sent (RFC 7692 section 7.2.1 step 3). */
const TAIL_BYTES = 4;

/** The largest `maxOutputLength` that all runtimes accept. */
const MOST_OUTPUT_BYTES = 2 ** 31 - 1;

/** `node:zlib` as the engine of permessage-deflate. */
export const zlibEngine: DeflateEngine = {
  get canReferBack() {
    return takesDictionary();
  },
  makeCodec: (options) => new ZlibCodec(options),
  nextTurn: (callback) => void setImmediate(callback),
};

/** Compresses and inflates the messages of one connection. */
class ZlibCodec implements MessageCodec {
  readonly #options: CodecOptions;
  readonly #sent: DeflateWindow;
  readonly #received: DeflateWindow;
  readonly alone: string;

  constructor(options: CodecOptions) {
    const { level, thresholdBytes, send: { windowBits } } = options;
    this.alone = `${level} ${thresholdBytes} ${windowBits}`;
    this.#options = options;
    this.#sent = new DeflateWindow(options.send);
    this.#received = new DeflateWindow(options.receive);
  }

  encode(payload: Uint8Array): Uint8Array | null {
    const encoded = this.#encode(payload, this.#sent.bytes);
    // A message that is sent uncompressed stays out of the window, because it is not in the peer's.
    if (encoded !== null) this.#sent.add(payload, true);
    return encoded;
  }

  encodeAlone(payload: Uint8Array): Uint8Array | null {
    return this.#encode(payload, undefined);
  }

  /**
   * Clears the window. Adding the message would cost a copy for each connection, and an empty
   * window is always valid.
   */
  onSentAlone(): void {
    this.#sent.restore(undefined);
  }

  encodeFragment(part: Uint8Array, { final, compress }: EncodeFragmentOptions): Uint8Array {
    const encoded = compress ? this.#deflate(part, this.#sent.bytes) : stored(part, final);
    this.#sent.add(part, final);
    return final && compress ? encoded.subarray(0, encoded.length - TAIL_BYTES) : encoded;
  }

  /** A final block ends a DEFLATE stream, but not the message: another stream may follow. */
  decode(payload: Uint8Array, maxBytes: number): Uint8Array | Violation {
    const window = this.#received, before = window.bytes, parts: Uint8Array[] = [];
    if (payload.length === 0) return EMPTY_BYTES;
    let rest = withEnding(payload), left = maxBytes;
    let failure: Violation = Violations.badEncoding;
    for (let streams = 0; streams <= MAX_FINAL_BLOCKS; streams++) {
      const inflated = inflateStream(rest, window.bytes, left);
      if (!("bytes" in inflated)) failure = inflated;
      if (!("bytes" in inflated)) break;
      const { bytes, taken } = inflated;
      parts.push(bytes);
      left -= bytes.length;
      rest = rest.subarray(taken);
      const verdict = judgeRest(rest.length);
      if (verdict === "damaged") break;
      window.add(bytes, verdict === "complete");
      if (verdict === "complete") return parts.length === 1 ? bytes : concat(parts);
      if (taken === 0) break;
    }
    window.restore(before);
    return failure;
  }

  startDecoding(wake: () => void): MessageDecoder {
    const { takeover } = this.#options.receive;
    return new ZlibDecoder({ window: this.#received, takeover, wake });
  }

  #encode(payload: Uint8Array, window: Uint8Array | undefined): Uint8Array | null {
    const { thresholdBytes, send } = this.#options;
    if (payload.length < thresholdBytes || send.windowBits < MIN_WINDOW_BITS) return null;
    const deflated = this.#deflate(payload, window);
    const encoded = deflated.subarray(0, deflated.length - TAIL_BYTES);
    return encoded.length >= payload.length ? null : encoded;
  }

  #deflate(payload: Uint8Array, window: Uint8Array | undefined): Uint8Array {
    const { level, send } = this.#options;
    const windowBits = Math.max(send.windowBits, MIN_WINDOW_BITS);
    const dictionary = takesDictionary() ? window : undefined;
    // The output is seldom larger than the input. The default would be 16 KiB for each message.
    const chunkSize = payload.length + 64;
    return deflateRawSync(payload, { level, windowBits, finishFlush, dictionary, chunkSize });
  }
}

interface Inflated {
  readonly bytes: Uint8Array;
  /** Bytes of the input up to the end of a final block, or all of them. */
  readonly taken: number;
}

/**
 * Inflates up to a final block or to the end. Stops at `maxBytes`, which limits the cost of a
 * decompression bomb.
 */
function inflateStream(
  payload: Uint8Array,
  window: Uint8Array | undefined,
  maxBytes: number,
): Inflated | Violation {
  const known = window === undefined || takesDictionary() ? EMPTY_BYTES : window;
  const input = known.length === 0 ? payload : concat([storedBlocks(known), payload]);
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

/** The result of zlib with `info: true`, which is missing in Node's declarations. */
interface InflateInfo {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function isInflateInfo(result: unknown): result is InflateInfo {
  return typeof result === "object" && result !== null && "buffer" in result && "engine" in result;
}

/**
 * Encodes a fragment without compressing it. A message ends with the first byte of an empty block
 * (RFC 7692 section 7.2.3.3).
 */
function stored(part: Uint8Array, final: boolean): Uint8Array {
  const blocks = storedBlocks(part);
  return final ? concat([blocks, Uint8Array.of(0)]) : blocks;
}
