/**
 * How a compressed message ends (RFC 7692 section 7.2.2), and how zlib is asked whether it does.
 * zlib by itself takes a message that stops within a block for a shorter one.
 *
 * @module
 */
import { concat } from "../../../bytes.ts";

/**
 * Behind the payload of a message: the end of its last block, which was not sent; a final block, at
 * which zlib stops if that was the end; and a byte that it then leaves.
 */
const ENDING = Uint8Array.of(0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff, 0);
/** The same behind a payload whose sender has not taken the end of its last block away. */
const SHORT_ENDING = ENDING.subarray(4);

/** The last bytes of a message with its end, for zlib. */
export function withEnding(payload: Uint8Array): Uint8Array {
  const at = payload.length - 4;
  const isThere = at >= 0 && payload[at + 2] === 0xff && payload[at + 3] === 0xff &&
    payload[at] === 0 && payload[at + 1] === 0;
  return concat([payload, isThere ? SHORT_ENDING : ENDING]);
}

/**
 * What the number of bytes that zlib has left tells: the message is complete, is damaged, or goes
 * on after a final block of its own.
 */
export function judgeRest(leftBytes: number): "complete" | "damaged" | "more" {
  // All of the ending is left where a final block of the message was its last.
  if (leftBytes === 1 || leftBytes === SHORT_ENDING.length || leftBytes === ENDING.length) {
    return "complete";
  }
  return leftBytes > ENDING.length ? "more" : "damaged";
}
