/**
 * Frames that cases send: drawn for `bits`, so that there is one writer of frames for tests.
 *
 * @module
 */
import type { Message } from "../../../src/message.ts";
import type { Role } from "../../../src/protocol/role.ts";
import { bits } from "../../helpers/bits.ts";
import { toHex } from "../../helpers/protocol_events.ts";
import { readFrames } from "../../helpers/read_frames.ts";

/** One frame. */
export interface FrameParts {
  readonly opcode: number;
  /** Text goes as UTF-8. */
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  /** RSV1, RSV2 and RSV3 as bits. */
  readonly rsv?: string;
}

/** Opcodes, by the names of RFC 6455 section 11.8. */
export const CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

const encoder = new TextEncoder();

/** Makes the bytes of a frame. */
export function frame(parts: FrameParts, from: Role): Uint8Array {
  return bits(draw(parts), from);
}

/** Draws a frame. */
export function draw({ opcode, payload = "", fin = true, rsv = "000" }: FrameParts): string {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  const header = `${fin ? 1 : 0} ${rsv} ${opcode.toString(2).padStart(4, "0")} m`;
  return `${header} ${drawLength(bytes.length)} ${bytes.length > 0 ? `x${toHex(bytes)}` : ""}`;
}

function drawLength(length: number): string {
  if (length < 126) return length.toString(2).padStart(7, "0");
  if (length < 65_536) return `1111110 +${length.toString(16).padStart(4, "0")}`;
  return `1111111 +${length.toString(16).padStart(16, "0")}`;
}

/** The payload of a Close. */
export function closePayload(code: number, reason: Uint8Array | string = ""): Uint8Array {
  const bytes = typeof reason === "string" ? encoder.encode(reason) : reason;
  return Uint8Array.of(code >> 8, code & 0xff, ...bytes);
}

/** A frame in words, as `readFrames` has them. */
export function inWords(parts: FrameParts): string {
  return readFrames(frame(parts, "server")).frames[0] ?? "";
}

/** The echo of a message, in words. */
export function echoOf(message: Message): string {
  return inWords({ opcode: typeof message === "string" ? TEXT : BINARY, payload: message });
}
