/**
 * Computes `bufferedAmount` by the standard: bytes of payload without frame headers, as of the
 * beginning of the current task. The transport counts bytes of frames as of now.
 *
 * @module
 */
import type { Tasks } from "./tasks.ts";

/**
 * Texts of up to this length are kept and counted only when the amount is read. Longer ones are
 * counted at once.
 */
const MAX_KEPT_CHARS = 256;

/** Counts the payload that one socket has accepted and not yet given to the system. */
export class BufferedAmount {
  readonly #tasks: Tasks;
  readonly #framedBytes: () => number;
  // Messages sent in this task: short texts, or numbers of bytes.
  readonly #recent: (string | number)[] = [];
  // Sizes of earlier messages that may not be sent yet, the oldest first.
  readonly #sizes: number[] = [];
  #before = 0; // bytes of these at the beginning of the task
  #kept = 0; // bytes accepted and not given to the connection
  #isCurrent = false; // whether the amount was measured in this task
  #isCompressed = false;

  /** `framedBytes` returns the bytes of frames that the connection has accepted and not sent. */
  constructor(tasks: Tasks, framedBytes: () => number) {
    this.#tasks = tasks;
    this.#framedBytes = framedBytes;
  }

  /**
   * With compression, the sizes of frames are unknown, so a message counts whole until all of it is
   * sent.
   */
  setCompressed(): void {
    this.#isCompressed = true;
  }

  /** Adds bytes that were accepted and wait, or will never be sent. */
  keep(bytes: number): void {
    this.#kept += bytes;
  }

  /** A message is about to be given to the connection. */
  sending(message: string | number): void {
    if (!this.#isCurrent) this.#begin();
    const isShort = typeof message === "number" || message.length <= MAX_KEPT_CHARS;
    this.#recent.push(isShort ? message : sizeOf(message));
  }

  /** The message that was given to the connection last was refused, and will never be sent. */
  refused(): void {
    const message = this.#recent.pop();
    if (message !== undefined) this.#kept += sizeOf(message);
  }

  /** The amount. */
  get value(): number {
    this.#tasks.watch();
    if (!this.#isCurrent && this.#before > 0) this.#begin();
    return this.#sum();
  }

  /** Some bytes were sent. */
  drained(): void {
    if (!this.#isCurrent) this.#measure();
  }

  /**
   * The connection has ended, and from now on the amount only grows. If the transport is gone it
   * counts nothing, so the amount stays at its last measurement.
   */
  end({ wasClean }: { readonly wasClean: boolean }): void {
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

  /** Measures which of the earlier messages were sent. */
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

  /**
   * Returns the payload in the last `framedBytes` of frames, and removes the messages that were
   * sent.
   */
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

/** Number of bytes of a client's frame (RFC 6455 section 5.2). */
function frameBytes(size: number): number {
  return size + (size < 126 ? 6 : size < 65_536 ? 8 : 14);
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

function sizeOf(message: string | number): number {
  return typeof message === "number" ? message : utf8Length(message);
}

/** Number of bytes of a text in UTF-8. A lone surrogate becomes U+FFFD, which has three. */
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
