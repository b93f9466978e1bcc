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

/** Reads all messages of a text. Reading stops at a malformed message. */
export function readRelayed(text: string, start: number): Relayed[] {
  const all: Relayed[] = [];
  for (let at = start; at < text.length;) {
    const lineEnd = text.indexOf("\n", at);
    if (lineEnd < 0) break;
    const [origin = "", sequence, kind = "", length] = text.slice(at, lineEnd).split(" ");
    const end = lineEnd + 1 + Number(length);
    if (!(end <= text.length)) break;
    const body = text.slice(lineEnd + 1, end);
    const message = kind[0] === "t" ? body : Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
    all.push({ message, compress: kind[1] === "c", origin, sequence: Number(sequence) });
    at = end;
  }
  return all;
}

/**
 * Adds positions to messages: the first has the offset `first`, each following one more. Without an
 * epoch they have none.
 */
export function placed(messages: readonly Relayed[], first: Position | null): Delivered[] {
  return messages.map((relayed, index) => ({
    ...relayed,
    position: first === null ? null : { epoch: first.epoch, offset: first.offset + index },
  }));
}
