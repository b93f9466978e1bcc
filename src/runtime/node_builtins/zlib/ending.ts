/**
 * The end of a compressed message (RFC 7692 section 7.2.2), and a way to ask zlib whether it was
 * reached. zlib by itself takes a message that stops within a block for a complete, shorter one.
 *
 * @module
 */
import { concat } from "../../../bytes.ts";

/**
 * Bytes that are appended to the payload of a message: the end of its last block, which the sender
 * has removed; a final block, at which zlib stops if the message was complete; and one byte, which
 * zlib then leaves.
 */
const ENDING = Uint8Array.of(0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff, 0);
/** The same for a payload whose sender has not removed the end of its last block. */
const SHORT_ENDING = ENDING.subarray(4);

/** Returns a payload with its ending, for zlib. */
export function withEnding(payload: Uint8Array): Uint8Array {
  const at = payload.length - 4;
  const isThere = at >= 0 && payload[at + 2] === 0xff && payload[at + 3] === 0xff &&
    payload[at] === 0 && payload[at + 1] === 0;
  return concat([payload, isThere ? SHORT_ENDING : ENDING]);
}

/**
 * Judges a message by the number of bytes that zlib has left: it is complete, is damaged, or
 * continues after a final block of its own.
 */
export function judgeRest(leftBytes: number): "complete" | "damaged" | "more" {
  // If the message itself ends with a final block, zlib leaves all of the ending.
  if (leftBytes === 1 || leftBytes === SHORT_ENDING.length || leftBytes === ENDING.length) {
    return "complete";
  }
  return leftBytes > ENDING.length ? "more" : "damaged";
}
