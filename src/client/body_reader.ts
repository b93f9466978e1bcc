/**
 * The body of one HTTP/1.1 response (RFC 9112 section 6), up to a limit.
 *
 * @module
 */
import type { ResponseHead } from "../handshake/head.ts";
import { getAll, getHeader } from "../handshake/header_values.ts";

const CR = 0x0d, LF = 0x0a;

/** Takes the bytes behind a head. A malformed chunk ends the body. */
export class BodyReader {
  readonly #isChunked: boolean;
  readonly #kept: Uint8Array<ArrayBuffer>;
  #length = 0;
  /** Bytes until the body (or the chunk of it) ends; Infinity for "until the transport ends". */
  #left: number;
  /** The line with a chunk's size, as far as it has arrived; `null` inside of a chunk. */
  #line: string | null = null;
  #isComplete = false;

  constructor({ status, headers }: ResponseHead, maxBytes: number) {
    this.#kept = new Uint8Array(maxBytes);
    this.#isChunked = getAll(headers, "transfer-encoding").join().toLowerCase().includes("chunked");
    const length = getHeader(headers, "content-length");
    this.#left = length !== null && /^\d+$/.test(length) ? Number(length) : Infinity;
    if (this.#isChunked) {
      this.#left = 0;
      this.#line = "";
    } else this.#isComplete = this.#left === 0 || status === 204 || status === 304;
  }

  /** Whether the end or the limit is reached. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** The bytes that have arrived so far. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#kept.slice(0, this.#length);
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#isComplete;) {
      if (this.#line !== null) {
        this.#readSize(this.#line, chunk[at++]!);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#left);
      this.#keep(chunk.subarray(at, end));
      this.#left -= end - at;
      at = end;
      if (this.#left > 0) continue;
      if (this.#isChunked) this.#line = "";
      else this.#isComplete = true;
    }
  }

  #keep(bytes: Uint8Array): void {
    const room = this.#kept.length - this.#length;
    this.#kept.set(bytes.subarray(0, room), this.#length);
    this.#length += Math.min(bytes.length, room);
    if (bytes.length >= room) this.#isComplete = true;
  }

  /**
   * Takes one byte behind `line`, the beginning of a line such as `1f;extension`. The empty line
   * behind a chunk is skipped.
   */
  #readSize(line: string, byte: number): void {
    if (byte === CR) return;
    if (byte !== LF) {
      this.#line = line + String.fromCharCode(byte);
      if (line.length >= 256) this.#isComplete = true;
      return;
    }
    this.#line = "";
    if (line === "") return;
    const size = /^[0-9a-f]{1,8}/i.exec(line)?.[0];
    this.#left = size === undefined ? 0 : Number.parseInt(size, 16);
    if (this.#left === 0) this.#isComplete = true; // the last chunk, or none
    else this.#line = null;
  }
}
