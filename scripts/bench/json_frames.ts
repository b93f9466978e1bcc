/**
 * The frames of the compressed load: JSON of about 1 KiB each, all different, deflated
 * without context and masked as a client's. The load generator sends them as they are, so
 * that compressing is none of its work.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";

const COUNT = 64;
const MASK = [0x12, 0x34, 0x56, 0x78] as const;
const WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"];

/** One message, the same whenever it is asked for: what an application might send. */
export function jsonMessage(index: number): string {
  let seed = index * 2654435761 >>> 0;
  const draw = (below: number) => (seed = (seed * 1664525 + 1013904223) >>> 0) % below;
  const items: unknown[] = [];
  const text = () => JSON.stringify({ type: "update", sequence: index, items });
  while (text().length < 1024 - 100) {
    items.push({
      id: draw(1e6),
      name: `${WORDS[draw(8)]} ${WORDS[draw(8)]}`,
      price: draw(1e5) / 100,
      isActive: draw(2) === 1,
      tags: [WORDS[draw(8)], WORDS[draw(8)]],
    });
  }
  return text().replace('"update"', `"update${".".repeat(1024 - text().length)}"`);
}

/** A compressed text message in one masked frame (RFC 7692 section 7.2.1). */
export function compressedFrame(text: string): Uint8Array {
  // Z_SYNC_FLUSH as `finishFlush` leaves no final block, but four bytes that are not sent.
  const payload = deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8];
  const head = [0xc1, 0x80 | length[0]!, ...length.slice(1)];
  if (payload.length >= 126) head.push(payload.length & 255);
  return Uint8Array.from([...head, ...MASK, ...payload.map((byte, i) => byte ^ MASK[i & 3]!)]);
}

/** All frames, one after the other. */
export function jsonFrames(): Uint8Array {
  return Buffer.concat(Array.from({ length: COUNT }, (_, i) => compressedFrame(jsonMessage(i))));
}
