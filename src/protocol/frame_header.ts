/**
 * Reads and writes the frame header (RFC 6455 section 5.2).
 *
 * @module
 */

/** The longest header: two bytes, a 64-bit length and a masking key. */
export const MAX_HEADER_BYTES = 14;

/**
 * One frame's header. A decoder has one of these and changes it with each frame, because a new
 * object for each would be the only allocation of its fast path.
 */
export class FrameHeader {
  /** FIN: the last frame of its message. */
  fin = false;
  /** RSV1, RSV2 and RSV3 as the bits 4, 2 and 1. */
  rsv = 0;
  /** The opcode, also one that RFC 6455 does not define. */
  opcode = 0;
  /** MASK: the payload is masked. */
  masked = false;
  /** The masking key in network order, 0 without a mask. */
  maskingKey = 0;
  /**
   * Length of the payload in bytes. Above 2^53 - 1 it is rounded, from 2^63 on it is `Infinity`;
   * `checkFrameHeader` refuses both.
   */
  payloadLength = 0;
  /** Bytes of the extended length on the wire: 0, 2 or 8. */
  lengthBytes = 0;
}

/**
 * Reads the header at `bytes[start, end)` into `header`. Returns the offset of the
 * payload, or -1 if the header is not complete; the fields of `header` then mean nothing.
 */
export function readFrameHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: FrameHeader,
): number {
  let at = start + 2;
  if (at > end) return -1;
  const first = bytes[start]!, second = bytes[start + 1]!;
  header.fin = first >= 0x80;
  header.rsv = (first >> 4) & 7;
  header.opcode = first & 0x0f;
  header.masked = second >= 0x80;
  let length = second & 0x7f;
  if (length < 126) {
    header.lengthBytes = 0;
  } else if (length === 126) {
    if (at + 2 > end) return -1;
    length = (bytes[at]! << 8) | bytes[at + 1]!;
    header.lengthBytes = 2;
    at += 2;
  } else {
    if (at + 8 > end) return -1;
    const high = readUint32(bytes, at);
    length = high >= 0x8000_0000 ? Infinity : high * 0x1_0000_0000 + readUint32(bytes, at + 4);
    header.lengthBytes = 8;
    at += 8;
  }
  header.payloadLength = length;
  if (header.masked) {
    if (at + 4 > end) return -1;
    header.maskingKey = readUint32(bytes, at);
    at += 4;
  } else header.maskingKey = 0;
  return at;
}

/** Size of an outgoing frame's header in bytes, its masking key included. */
export function frameHeaderBytes(payloadLength: number, masked: boolean): number {
  const base = masked ? 6 : 2;
  return payloadLength < 126 ? base : payloadLength < 0x1_0000 ? base + 2 : base + 8;
}

/**
 * Writes the first two bytes and the length of a header with the shortest length form
 * (section 5.2) at `at`; returns the offset after them, where a masking key belongs.
 */
export function writeFrameHeader(
  bytes: Uint8Array,
  at: number,
  firstByte: number,
  payloadLength: number,
  maskBit: 0 | 0x80,
): number {
  bytes[at] = firstByte;
  if (payloadLength < 126) {
    bytes[at + 1] = maskBit | payloadLength;
    return at + 2;
  }
  if (payloadLength < 0x1_0000) {
    bytes[at + 1] = maskBit | 126;
    bytes[at + 2] = payloadLength >>> 8;
    bytes[at + 3] = payloadLength;
    return at + 4;
  }
  bytes[at + 1] = maskBit | 127;
  writeUint32(bytes, at + 2, Math.floor(payloadLength / 0x1_0000_0000));
  writeUint32(bytes, at + 6, payloadLength >>> 0);
  return at + 10;
}

/** Writes a 32-bit number in network order. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Reads a 32-bit number in network order. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>>
    0;
}
