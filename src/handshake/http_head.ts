/**
 * Reads the head of one HTTP/1.1 message from chunks of any size, in linear time and
 * bounded memory: each byte is looked at once, when it arrives.
 *
 * @module
 */
import { DEFAULT_MAX_HEAD_BYTES, DEFAULT_MAX_HEADER_FIELDS } from "../defaults.ts";
import { EMPTY_BYTES } from "../bytes.ts";
import type { RequestHead, ResponseHead } from "./head.ts";
import { asciiToString, latin1ToString } from "./latin1.ts";
import { parseRequestHead, parseResponseHead } from "./parse_head.ts";
import { HeadRule, type HeadRuleName } from "./rules.ts";

/** What to read, and how much of it to bear. */
export interface HeadReaderOptions {
  /** Whether the peer is a client or a server. */
  readonly kind: "request" | "response";
  /**
   * Bytes of the head with its line ends.
   *
   * @default {16384} Cookies fit, and a flood holds little.
   */
  readonly maxHeadBytes?: number;
  /**
   * Header fields.
   *
   * @default {100} Browsers send about 15.
   */
  readonly maxHeaderFields?: number;
}

/** What a chunk led to. `rest` are the bytes of the chunk that follow the head. */
export type HeadProgress =
  | { readonly state: "more" }
  | { readonly state: "request"; readonly head: RequestHead; readonly rest: Uint8Array }
  | { readonly state: "response"; readonly head: ResponseHead; readonly rest: Uint8Array }
  | {
    readonly state: "refused";
    /** The status to answer with; no meaning on a client. */
    readonly status: 400 | 414 | 431 | 505;
    readonly reason: HeadRuleName;
  };

const MORE: HeadProgress = { state: "more" };
const [TAB, LF, CR, SPACE, DEL] = [0x09, 0x0a, 0x0d, 0x20, 0x7f] as const;

/**
 * Reads one head. Chunking never matters: the same bytes give the same head, the same
 * refusal at the same byte, and the same `rest`.
 */
export class HeadReader {
  readonly #kind: "request" | "response";
  readonly #maxHeadBytes: number;
  readonly #maxHeaderFields: number;
  /** Bytes of the head from earlier chunks, in the first `#heldBytes` of a buffer that doubles. */
  #held: Uint8Array = EMPTY_BYTES;
  #heldBytes = 0;
  /** Bytes looked at, with interim responses and empty lines: what `maxHeadBytes` bounds. */
  #seenBytes = 0;
  /** Empty lines before a request line, in bytes; there are none between responses. */
  #skipBytes = 0;
  /** Complete lines, the start line among them. */
  #lines = 0;
  /** Bytes of the line in progress, without its CR. */
  #lineBytes = 0;
  #afterCr = false;
  /** All bytes or-ed together: 0x80 and above when one is not ASCII. */
  #bits = 0;
  #refused: HeadProgress | null = null;
  #complete = false;

  /** Starts before the first byte. */
  constructor(options: HeadReaderOptions) {
    this.#kind = options.kind;
    this.#maxHeadBytes = options.maxHeadBytes ?? DEFAULT_MAX_HEAD_BYTES;
    this.#maxHeaderFields = options.maxHeaderFields ?? DEFAULT_MAX_HEADER_FIELDS;
  }

  /**
   * Takes the next bytes, which are not changed, and not referred to once this returns
   * (save by `rest`). A refusal is final and repeated for what is pushed after it.
   *
   * @throws {TypeError} if the head was complete already: later bytes are not this reader's.
   */
  push(chunk: Uint8Array): HeadProgress {
    if (this.#refused !== null) return this.#refused;
    if (this.#complete) throw new TypeError("the head is complete: its bytes were in `rest`");
    let start = 0;
    for (;;) {
      const end = this.#scan(chunk, start);
      if (typeof end === "string") return this.#refuse(end);
      if (end === null) {
        this.#hold(chunk, start);
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
      // RFC 9110 15.2: a client reads over interim responses. They share the limits.
      start = end;
    }
  }

  /** Looks for the end of the head: the index behind it, `null` for not yet, or a broken rule. */
  #scan(chunk: Uint8Array, start: number): number | HeadRuleName | null {
    const stop = Math.min(chunk.length, start + this.#maxHeadBytes - this.#seenBytes);
    let lineBytes = this.#lineBytes;
    let afterCr = this.#afterCr;
    let bits = this.#bits;
    for (let i = start; i < stop; i++) {
      const byte = chunk[i]!;
      if (afterCr) {
        if (byte !== LF) return "BARE_CR";
        afterCr = false;
        if (lineBytes > 0) {
          this.#lines++;
          if (this.#lines > this.#maxHeaderFields + 1) return "TOO_MANY_FIELDS";
          lineBytes = 0;
        } else if (this.#lines > 0) {
          this.#bits = bits;
          this.#seenBytes += i + 1 - start;
          return i + 1;
        } else if (this.#kind === "request") {
          this.#skipBytes += 2; // RFC 9112 2.2: a client may have sent one CRLF too many
        } else {
          return "STATUS_LINE";
        }
      } else if (byte >= SPACE && byte !== DEL || byte === TAB) {
        lineBytes++;
        bits |= byte;
      } else if (byte === CR) {
        afterCr = true;
      } else {
        return byte === LF ? "BARE_LF" : "CONTROL_BYTE";
      }
    }
    this.#lineBytes = lineBytes;
    this.#afterCr = afterCr;
    this.#bits = bits;
    this.#seenBytes += stop - start;
    if (this.#seenBytes < this.#maxHeadBytes) return null;
    return this.#kind === "request" && this.#lines === 0 ? "TARGET_TOO_LONG" : "HEAD_TOO_LARGE";
  }

  /** The head without empty lines before it, from what is held and `chunk[start, end)`. */
  #text(chunk: Uint8Array, start: number, end: number): string {
    const isAll = end - start === chunk.length && this.#heldBytes === 0 && this.#skipBytes === 0;
    // As nearly always. A view of the chunk is what JavaScriptCore takes longest for.
    if (isAll && this.#bits < 0x80) return asciiToString(chunk);
    let bytes = chunk.subarray(start, end);
    if (this.#heldBytes > 0) {
      this.#hold(bytes, 0);
      bytes = this.#held.subarray(0, this.#heldBytes);
    }
    bytes = bytes.subarray(this.#skipBytes);
    return this.#bits < 0x80 ? asciiToString(bytes) : latin1ToString(bytes);
  }

  /** Keeps `chunk[start, end of chunk)`, copied because chunks belong to the transport. */
  #hold(chunk: Uint8Array, start: number): void {
    const needed = this.#heldBytes + chunk.length - start;
    if (needed > this.#held.length) {
      const capacity = Math.min(Math.max(2 * needed, 512), this.#maxHeadBytes);
      const grown = new Uint8Array(capacity);
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    this.#held.set(start === 0 ? chunk : chunk.subarray(start), this.#heldBytes);
    this.#heldBytes = needed;
  }

  /** Begins anew, before the first byte of another head. */
  reset(): void {
    this.#forget();
    this.#seenBytes = 0;
    this.#skipBytes = 0;
    this.#refused = null;
    this.#complete = false;
  }

  /** Lets go of the head that was read, but not of how many bytes were seen. */
  #forget(): void {
    this.#held = EMPTY_BYTES;
    this.#heldBytes = 0;
    this.#lines = 0;
    this.#lineBytes = 0;
    this.#bits = 0;
    this.#afterCr = false;
  }

  #refuse(reason: HeadRuleName): HeadProgress {
    this.#forget();
    this.#refused = { state: "refused", status: HeadRule[reason].status, reason };
    return this.#refused;
  }
}

function bytesAfter(chunk: Uint8Array, end: number): Uint8Array {
  return end < chunk.length ? chunk.subarray(end) : EMPTY_BYTES;
}
