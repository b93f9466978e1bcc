/**
 * `bufferedAmount` as the standard has it: bytes of payload, without frames, as of the beginning
 * of the task. The transport below counts bytes of frames, as of now.
 *
 * @module
 */
import type { Tasks } from "./tasks.ts";

/** Longer texts are counted at once, and not kept until somebody asks. */
const MAX_KEPT_CHARS = 256;

/** Counts the payload of one socket that was accepted and is not yet with the system. */
export class BufferedAmount {
  readonly #tasks: Tasks;
  readonly #framedBytes: () => number;
  readonly #recent: (string | number)[] = []; // sent in this task: short texts, else how many bytes
  readonly #sizes: number[] = []; // sent before it and maybe not out, the oldest first
  #before = 0; // bytes of these, as this task began
  #kept = 0; // accepted, and not given to the connection
  #isCurrent = false; // it was measured when this task began, or something was sent in it
  #isCompressed = false;

  /** `framedBytes` tells how many bytes of frames the connection has accepted that are not out. */
  constructor(tasks: Tasks, framedBytes: () => number) {
    this.#tasks = tasks;
    this.#framedBytes = framedBytes;
  }

  /** The sizes of frames cannot be told from those of messages: what is not all out counts whole. */
  setCompressed(): void {
    this.#isCompressed = true;
  }

  /** Bytes that were accepted and wait, or will never be sent. */
  keep(bytes: number): void {
    this.#kept += bytes;
  }

  /** A message is about to be given to the connection. */
  sending(message: string | number): void {
    if (!this.#isCurrent) this.#begin();
    const isShort = typeof message === "number" || message.length <= MAX_KEPT_CHARS;
    this.#recent.push(isShort ? message : sizeOf(message));
  }

  /** The amount. */
  get value(): number {
    this.#tasks.watch();
    if (!this.#isCurrent && this.#before > 0) this.#begin();
    return this.#sum();
  }

  /** Some of it has gone out. */
  drained(): void {
    if (!this.#isCurrent) this.#measure();
  }

  /**
   * The connection is over: the amount only grows from here on. A transport that is gone counts
   * nothing any more: then it is as it was measured last.
   */
  end(wasClean: boolean): void {
    if (wasClean || this.#framedBytes() > 0) this.#measure();
    this.#kept = this.#sum();
    this.#recent.length = this.#sizes.length = this.#before = 0;
  }

  #sum(): number {
    return sum(this.#recent.map(sizeOf)) + this.#before + this.#kept;
  }

  #begin(): void {
    this.#measure();
    this.#isCurrent = true;
    this.#tasks.atNextTask(this.#onNextTask);
  }

  readonly #onNextTask = (): void => {
    this.#isCurrent = false;
    this.#measure();
  };

  /** Looks at what has become of earlier messages. */
  #measure(): void {
    const framedBytes = this.#framedBytes(), recent = this.#recent, sizes = this.#sizes;
    if (framedBytes <= 0) {
      recent.length = sizes.length = this.#before = 0;
      return;
    }
    for (const message of recent) sizes.push(sizeOf(message));
    recent.length = 0;
    this.#before = this.#isCompressed ? sum(sizes) : this.#payloadIn(framedBytes);
  }

  /** The payload in the last `framedBytes` that were sent; forgets the messages that are out. */
  #payloadIn(framedBytes: number): number {
    let left = framedBytes, payload = 0, first = this.#sizes.length;
    while (first > 0 && left > 0) {
      const size = this.#sizes[--first]!;
      payload += Math.min(size, left);
      left -= frameBytes(size);
    }
    this.#sizes.splice(0, first);
    return payload;
  }
}

/** Bytes of a client's frame (RFC 6455 section 5.2). */
function frameBytes(size: number): number {
  return size + (size < 126 ? 6 : size < 65_536 ? 8 : 14);
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

function sizeOf(message: string | number): number {
  return typeof message === "number" ? message : utf8Length(message);
}

/** Bytes of a text in UTF-8; a lone surrogate becomes U+FFFD, which takes three. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
