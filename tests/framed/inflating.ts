/**
 * What the tests of inflating share: large messages, and ways to read them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { CloseInfo, WebSocketConnection } from "../../src/handler.ts";
import { concat } from "../helpers/bits.ts";
import { type Deflated, jsonBytes } from "../helpers/deflated_peers.ts";
import { staysPending } from "../helpers/waiting.ts";

/** Bytes. */
export const MIB = 1024 * 1024;
/** A message that is decoded in several steps. */
export const LARGE: Uint8Array = jsonBytes(MIB - 5);
/** RFC 7692 section 7.2.3.2: an H, and the four bytes that are five back. */
export const FIVE_AGAIN: Uint8Array<ArrayBuffer> = Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00);
export const encoder: TextEncoder = new TextEncoder();

/** Sends as a socket would bring it. */
export function sendInChunks({ peer }: Deflated, bytes: Uint8Array, chunkBytes = 64 * 1024): void {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    peer.write(bytes.subarray(at, at + chunkBytes));
  }
}

/** The reader of the next message, as a stream. */
export async function nextReader(
  connection: WebSocketConnection,
): Promise<ReadableStreamDefaultReader<string | Uint8Array>> {
  const stream = await connection.readStream() ?? assert.fail("no message");
  const reader: ReadableStreamDefaultReader<string | Uint8Array> = stream.readable.getReader();
  return reader;
}

/** The chunks that are left. */
export async function readRest(
  reader: ReadableStreamDefaultReader<string | Uint8Array>,
): Promise<(string | Uint8Array)[]> {
  const parts: (string | Uint8Array)[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
  }
  return parts;
}

/** Chunks of either type as bytes, joined. */
export function bytesOf(parts: readonly (string | Uint8Array)[]): Uint8Array {
  return concat(parts.map((part) => typeof part === "string" ? encoder.encode(part) : part));
}

/** Compares large messages, of which `deepEqual` would print a difference for minutes. */
export function assertBytes(actual: unknown, expected: Uint8Array): void {
  assert.ok(actual instanceof Uint8Array);
  assert.equal(actual.length, expected.length);
  assert.ok(actual.every((byte, at) => byte === expected[at]), "other bytes");
}

/** zlib works in a thread of its own, which no virtual clock reaches. */
export const letZlibWork = (): Promise<boolean> => staysPending(new Promise(() => {}), 20);

/** Text with something to compress and something that cannot be. */
export function noisy(text: string): Uint8Array {
  let state = 7;
  const noise = Array.from({ length: 200_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return String.fromCharCode(32 + state % 90);
  });
  return encoder.encode(text + noise.join("") + text);
}

/** How it ended, once the peer has gone too. */
export async function closedBy({ connection, peer }: Deflated): Promise<CloseInfo> {
  peer.transport.end();
  return await connection.closed;
}
