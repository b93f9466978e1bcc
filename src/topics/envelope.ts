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

/**
 * Reads all messages of a text. The first has the position `first`, each following one offset more;
 * with `null` they have none. Reading stops at a malformed message.
 */
export function readRelayed(text: string, start: number, first: Position | null): Delivered[] {
  const all: Delivered[] = [];
  for (let at = start; at < text.length;) {
    // By `indexOf`, because the arrays of `split` are most of what reading a short message costs.
    const lineEnd = text.indexOf("\n", at);
    if (lineEnd < 0) break;
    const originEnd = text.indexOf(" ", at), sequenceEnd = text.indexOf(" ", originEnd + 1);
    const kindEnd = text.indexOf(" ", sequenceEnd + 1);
    const isLine = originEnd < sequenceEnd && sequenceEnd < kindEnd && kindEnd < lineEnd;
    const end = lineEnd + 1 + Number(text.slice(kindEnd + 1, lineEnd));
    if (!isLine || !(end > lineEnd && end <= text.length)) break;
    const body = text.slice(lineEnd + 1, end);
    const message = text[sequenceEnd + 1] === "t" ? body : bytesOf(body);
    const compress = text[sequenceEnd + 2] === "c", origin = text.slice(at, originEnd);
    const sequence = Number(text.slice(originEnd + 1, sequenceEnd));
    const position = first === null
      ? null
      : { epoch: first.epoch, offset: first.offset + all.length };
    all.push({ message, compress, origin, sequence, position });
    at = end;
  }
  return all;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
