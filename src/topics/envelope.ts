/**
 * The form of messages for engines that carry strings: a line of metadata, and the message behind
 * it.
 *
 * @module
 */
import type { Delivered, Relayed } from "./backplane.ts";
import type { Position } from "./position.ts";
import { encodeBase64 } from "../handshake/base64.ts";

/**
 * Writes one message. A binary message is base64, because most clients of engines treat bytes as
 * UTF-8.
 */
export function writeRelayed({ message, compress, origin, sequence }: Relayed): string {
  const isText = typeof message === "string";
  const body = isText ? message : encodeBase64(message);
  const kind = `${isText ? "t" : "b"}${compress ? "c" : "p"}`;
  return `${origin} ${sequence} ${kind} ${body.length}\n${body}`;
}

const ZERO = 0x30, SPACE = 0x20, NEWLINE = 0x0a;

/** The origin that was read last: messages of one process follow one another. */
let lastOrigin = "";

/**
 * A line of metadata, read word by word. The arrays of `split`, or a search and a string for each
 * number, are most of what reading a short message costs.
 */
class Line {
  /** Where the next word begins. */
  at: number;
  readonly #text: string;

  constructor(text: string, start: number) {
    this.#text = text;
    this.at = start;
  }

  /** Reads a word; as the same string as before, whose hash is known. */
  origin(): string {
    const text = this.#text, { at } = this, end = at + lastOrigin.length;
    const isLast = text.charCodeAt(end) === SPACE && text.startsWith(lastOrigin, at);
    const space = isLast ? end : text.indexOf(" ", at), wordEnd = space < 0 ? text.length : space;
    this.at = wordEnd + 1;
    return isLast ? lastOrigin : lastOrigin = text.slice(at, wordEnd);
  }

  /** Reads digits and the character behind them. Returns `NaN` if there are none, or others. */
  number(separator: number): number {
    const text = this.#text, start = this.at;
    let at = start, number = 0;
    for (;; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      number = number * 10 + digit;
    }
    this.at = at + 1;
    return at > start && text.charCodeAt(at) === separator ? number : NaN;
  }

  /** Reads one character. */
  character(): string | undefined {
    return this.#text[this.at++];
  }
}

/**
 * Reads all messages of a text. The first has the position `first`, each following one offset more;
 * with `null` they have none. Reading stops at a malformed message.
 */
export function readRelayed(text: string, start: number, first: Position | null): Delivered[] {
  const all: Delivered[] = [];
  for (const line = new Line(text, start); line.at < text.length;) {
    const origin = line.origin(), sequence = line.number(SPACE);
    const isText = line.character() === "t", compress = line.character() === "c";
    const isLine = line.character() === " ", length = line.number(NEWLINE);
    const end = line.at + length;
    if (!isLine || !(sequence >= 0 && end <= text.length)) break;
    const body = text.slice(line.at, end), message = isText ? body : bytesOf(body);
    const position = first === null
      ? null
      : { epoch: first.epoch, offset: first.offset + all.length };
    all.push({ message, compress, origin, sequence, position });
    line.at = end;
  }
  return all;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
