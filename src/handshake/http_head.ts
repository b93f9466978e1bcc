/**
 * Reads the head of an HTTP/1.1 message from chunks of any size, in linear time and bounded memory:
 * each byte is looked at once, when it arrives.
 *
 * @module
 */
import { DEFAULT_MAX_HEAD_BYTES, DEFAULT_MAX_HEADER_FIELDS } from "../defaults.ts";
import { EMPTY_BYTES } from "../bytes.ts";
import type { RequestHead, ResponseHead } from "./head.ts";
import { asciiToString, latin1ToString } from "./latin1.ts";
import { parseRequestHead, parseResponseHead } from "./parse_head.ts";
import { type HeadRuleName, HeadRules } from "./rules.ts";

/** Options of {@linkcode HeadReader}. */
export interface HeadReaderOptions {
  /** What to read: `"request"` from a client, `"response"` from a server. */
  readonly kind: "request" | "response";
  /**
   * Most bytes of the head, line ends included.
   *
   * @default {16384} Cookies fit, and a connection cannot make this side buffer much.
   */
  readonly maxHeadBytes?: number;
  /**
   * Most header fields.
   *
   * @default {100} Browsers send about 15.
   */
  readonly maxHeaderFields?: number;
}

/** The result of a chunk. `rest` contains the bytes of the chunk behind the head. */
export type HeadProgress =
  | { readonly state: "more" }
  | { readonly state: "request"; readonly head: RequestHead; readonly rest: Uint8Array }
  | { readonly state: "response"; readonly head: ResponseHead; readonly rest: Uint8Array }
  | {
    readonly state: "refused";
    /** The status to answer with. It has no meaning on a client. */
    readonly status: 400 | 414 | 431 | 505;
    readonly reason: HeadRuleName;
  };

const MORE: HeadProgress = { state: "more" };
const [TAB, LF, CR, SPACE, DEL] = [0x09, 0x0a, 0x0d, 0x20, 0x7f] as const;

/**
 * Reads one head. Chunking makes no difference: the same bytes give the same head, or the same
 * refusal at the same byte.
 */
export class HeadReader {
  readonly #kind: "request" | "response";
  readonly #maxHeadBytes: number;
  readonly #maxHeaderFields: number;
  /** A buffer that doubles; its first `#bufferedBytes` are those of the head in earlier chunks. */
  #buffer: Uint8Array = EMPTY_BYTES;
  #bufferedBytes = 0;
  /** Bytes looked at, including interim responses and empty lines; limited by `maxHeadBytes`. */
  #seenBytes = 0;
  /** Size of empty lines before the request line, in bytes. */
  #skipBytes = 0;
  /** Number of complete lines, the start line included. */
  #lines = 0;
  /** Length of the line in progress in bytes, without its CR. */
  #lineBytes = 0;
  #afterCr = false;
  /** The OR of all bytes: at least 0x80 if one is not ASCII. */
  #bits = 0;
  #refused: HeadProgress | null = null;
  #complete = false;

  /** Makes a reader that has seen no byte. */
  constructor(options: HeadReaderOptions) {
    this.#kind = options.kind;
    this.#maxHeadBytes = options.maxHeadBytes ?? DEFAULT_MAX_HEAD_BYTES;
    this.#maxHeaderFields = options.maxHeaderFields ?? DEFAULT_MAX_HEADER_FIELDS;
  }

  /**
   * Takes the next bytes. They are not changed, and only `rest` refers to them afterwards. A
   * refusal is final: it is returned again for all later bytes.
   *
   * @throws {TypeError} if the head is complete: later bytes do not belong to it.
   */
  push(chunk: Uint8Array): HeadProgress {
    if (this.#refused !== null) return this.#refused;
    if (this.#complete) throw new TypeError("the head is complete: its bytes were in `rest`");
    let start = 0;
    for (;;) {
      const end = this.#scan(chunk, start);
      if (typeof end === "string") return this.#refuse(end);
      if (end === null) {
        this.#keep(chunk, start);
        return MORE;
      }
      const text = this.#text(chunk, start, end);
      this.#forget();
      if (this.#kind === "request") {
        const head = parseRequestHead(text);
        if (typeof head === "string") return this.#refuse(head);
        this.#complete = true;
        return { state: "request", head, rest: bytesAfter(chunk, end) };
      }
      const head = parseResponseHead(text);
      if (typeof head === "string") return this.#refuse(head);
      if (head.status >= 200 || head.status === 101) {
        this.#complete = true;
        return { state: "response", head, rest: bytesAfter(chunk, end) };
      }
      // RFC 9110 15.2: a client skips interim responses. They count towards the limits.
      start = end;
    }
  }

  /**
   * Looks for the end of the head. Returns the offset behind it, `null` if it has not arrived, or a
   * broken rule.
   */
  #scan(chunk: Uint8Array, start: number): number | HeadRuleName | null {
    const stop = Math.min(chunk.length, start + this.#maxHeadBytes - this.#seenBytes);
    let lineBytes = this.#lineBytes;
    let afterCr = this.#afterCr;
    let bits = this.#bits;
    for (let i = start; i < stop; i++) {
      const byte = chunk[i]!;
      if (afterCr) {
        if (byte !== LF) return "bareCr";
        afterCr = false;
        if (lineBytes > 0) {
          this.#lines++;
          if (this.#lines > this.#maxHeaderFields + 1) return "tooManyFields";
          lineBytes = 0;
        } else if (this.#lines > 0) {
          this.#bits = bits;
          this.#seenBytes += i + 1 - start;
          return i + 1;
        } else if (this.#kind === "request") {
          this.#skipBytes += 2; // RFC 9112 2.2: a server should ignore an empty line here
        } else {
          return "statusLine";
        }
      } else if (byte >= SPACE && byte !== DEL || byte === TAB) {
        lineBytes++;
        bits |= byte;
      } else if (byte === CR) {
        afterCr = true;
      } else {
        return byte === LF ? "bareLf" : "controlByte";
      }
    }
    this.#lineBytes = lineBytes;
    this.#afterCr = afterCr;
    this.#bits = bits;
    this.#seenBytes += stop - start;
    if (this.#seenBytes < this.#maxHeadBytes) return null;
    return this.#kind === "request" && this.#lines === 0 ? "targetTooLong" : "headTooLarge";
  }

  /** The text of the head without empty lines before it. It ends at `chunk[end]`. */
  #text(chunk: Uint8Array, start: number, end: number): string {
    const isAll = end - start === chunk.length && this.#bufferedBytes === 0 &&
      this.#skipBytes === 0;
    // The usual case. It makes no view of the chunk, the slowest step on JavaScriptCore.
    if (isAll && this.#bits < 0x80) return asciiToString(chunk);
    let bytes = chunk.subarray(start, end);
    if (this.#bufferedBytes > 0) {
      this.#keep(bytes, 0);
      bytes = this.#buffer.subarray(0, this.#bufferedBytes);
    }
    bytes = bytes.subarray(this.#skipBytes);
    return this.#bits < 0x80 ? asciiToString(bytes) : latin1ToString(bytes);
  }

  /** Copies the chunk from `start` on to the buffer, because the transport uses the chunk again. */
  #keep(chunk: Uint8Array, start: number): void {
    const needed = this.#bufferedBytes + chunk.length - start;
    if (needed > this.#buffer.length) {
      const capacity = Math.min(Math.max(2 * needed, 512), this.#maxHeadBytes);
      const grown = new Uint8Array(capacity);
      grown.set(this.#buffer.subarray(0, this.#bufferedBytes));
      this.#buffer = grown;
    }
    this.#buffer.set(start === 0 ? chunk : chunk.subarray(start), this.#bufferedBytes);
    this.#bufferedBytes = needed;
  }

  /** Begins anew, for another head. */
  reset(): void {
    this.#forget();
    this.#seenBytes = 0;
    this.#skipBytes = 0;
    this.#refused = null;
    this.#complete = false;
  }

  /** Drops the head that was read. The number of bytes seen stays. */
  #forget(): void {
    this.#buffer = EMPTY_BYTES;
    this.#bufferedBytes = 0;
    this.#lines = 0;
    this.#lineBytes = 0;
    this.#bits = 0;
    this.#afterCr = false;
  }

  #refuse(reason: HeadRuleName): HeadProgress {
    this.#forget();
    this.#refused = { state: "refused", status: HeadRules[reason].status, reason };
    return this.#refused;
  }
}

function bytesAfter(chunk: Uint8Array, end: number): Uint8Array {
  return end < chunk.length ? chunk.subarray(end) : EMPTY_BYTES;
}
