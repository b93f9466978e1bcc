/**
 * Reads heads in every chunking.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type HeadProgress,
  HeadReader,
  type HeadReaderOptions,
} from "../../src/handshake/http_head.ts";
import { stringToLatin1 } from "../../src/handshake/latin1.ts";
import { type HeadRuleName, HeadRules } from "../../src/handshake/rules.ts";
import { everyChunking } from "../helpers/chunk_splitter.ts";
import { headValue } from "../helpers/head_value.ts";

/** Reads chunks. All bytes behind the head are in `rest`. */
export function readHead(options: HeadReaderOptions, chunks: readonly Uint8Array[]): HeadProgress {
  const reader = new HeadReader(options);
  for (const [i, chunk] of chunks.entries()) {
    const progress = reader.push(chunk);
    chunk.fill(0x58, 0, chunk.length - ("rest" in progress ? progress.rest.length : 0));
    if (progress.state === "more") continue;
    if (progress.state === "refused") return progress;
    const parts = [progress.rest, ...chunks.slice(i + 1)];
    const rest = Uint8Array.from(parts.flatMap((part) => [...part]));
    if (progress.state === "response") return { ...progress, rest };
    return { ...progress, head: headValue(progress.head), rest };
  }
  return { state: "more" };
}

/** Asserts the result of reading a text, in every chunking. */
export function assertRead(options: HeadReaderOptions, text: string, expected: HeadProgress): void {
  for (const { name, chunks } of everyChunking(stringToLatin1(text))) {
    assert.deepEqual(readHead(options, chunks), expected, name);
  }
}

/** Asserts that a head is refused, with other bytes behind it too. */
export function assertRefused(
  options: HeadReaderOptions,
  text: string,
  reason: HeadRuleName,
): void {
  const refused = { state: "refused", status: HeadRules[reason].status, reason } as const;
  assertRead(options, text, refused);
  assertRead(options, `${text}GET / HTTP/1.1\r\n\r\n`, refused);
}

/** Bytes behind a head. */
export const REST: Uint8Array = stringToLatin1("\x81\x85\r\n\r\n\x00\xff\nGET / HTTP/1.1\r\n\r\n");
/** No bytes behind a head. */
export const NO_REST: Uint8Array = new Uint8Array(0);
/** Options of a reader of requests. */
export const request: HeadReaderOptions = { kind: "request" };
/** Options of a reader of responses. */
export const response: HeadReaderOptions = { kind: "response" };
/** A request line. */
export const GET = "GET / HTTP/1.1\r\n";
