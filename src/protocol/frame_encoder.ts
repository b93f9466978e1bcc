/**
 * Writes frames (RFC 6455 section 5.2) into an {@linkcode Output}.
 *
 * @module
 */
import { EMPTY_BYTES } from "../bytes.ts";
import { echoCache } from "./echo_cache.ts";
import { frameHeaderBytes, writeFrameHeader, writeUint32 } from "./frame_header.ts";
import { applyMask } from "./mask.ts";
import type { Output } from "./output.ts";
import type { TextAcceleration } from "./utf8.ts";

/** Returns a new, unpredictable masking key as a 32-bit number (RFC 6455 sections 5.3 and 10.3). */
export type MaskingKeySource = () => number;

const FIN = 0x80;
const RSV1 = 0x40;
const textEncoder = /* @__PURE__ */ new TextEncoder();
/** Up to this many characters are faster to encode in a loop than by a call of `TextEncoder`. */
const MAX_LOOP_CHARS = 64;
/**
 * Up to this many characters are encoded by `writeUtf8`, which saves the view that `TextEncoder`
 * needs.
 */
const MAX_ACCELERATED_CHARS = 1024;
/** UTF-8 needs at most this many bytes for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
/** Room for so many bytes for each unit of a longer text would waste memory, so it is estimated. */
const MIN_ESTIMATED_CHARS = 16 * 1024;
/** By how much an estimate exceeds the last text's bytes for each unit. */
const ESTIMATE_MARGIN = 1 / 8;

/** Bytes for each UTF-16 unit of the last long text that was encoded in this process. */
let bytesPerUnit = 1;

/** The bits of a frame header that differ between messages (RFC 6455 section 5.2). */
export interface FrameBits {
  /** Whether the frame ends its message. */
  readonly fin: boolean;
  /**
   * RSV1. With permessage-deflate it marks the first frame of a compressed message (RFC 7692
   * section 6).
   */
  readonly rsv1: boolean;
}

/** The bits of a message that is sent in one frame and not encoded. */
export const WHOLE: FrameBits = { fin: true, rsv1: false };

/** Writes the frames of one endpoint. A client's frames are masked (RFC 6455 section 5.1). */
export class FrameEncoder {
  readonly #output: Output;
  readonly #maskingKeys: MaskingKeySource | null;
  readonly #writeShort: TextAcceleration["writeUtf8"];

  /** `maskingKeys` is `null` for the server role. */
  constructor(
    output: Output,
    maskingKeys: MaskingKeySource | null,
    textAcceleration?: TextAcceleration,
  ) {
    this.#output = output;
    this.#maskingKeys = maskingKeys;
    this.#writeShort = textAcceleration?.writeUtf8;
  }

  /** Writes a frame with a copy of `payload`. */
  writeBytes(opcode: number, bits: FrameBits, payload: Uint8Array = EMPTY_BYTES): void {
    const length = payload.length;
    const at = this.#begin(opcode, bits, length);
    if (length > 0) this.#output.bytes.set(payload, at);
    if (this.#maskingKeys !== null) this.#mask(at, length);
  }

  /** Writes a frame with the UTF-8 of `text`, which is encoded in the output itself. */
  writeText(opcode: number, bits: FrameBits, text: string): void {
    const echoed = echoCache.find(text);
    if (echoed !== null) return this.writeBytes(opcode, bits, echoed);
    if (text.length <= MAX_LOOP_CHARS && this.#writeShort === undefined) {
      const at = this.#begin(opcode, bits, text.length);
      if (writeAscii(text, this.#output.bytes, at)) {
        if (this.#maskingKeys !== null) this.#mask(at, text.length);
        return;
      }
      this.#output.release(frameHeaderBytes(text.length, this.#maskingKeys !== null) + text.length);
    }
    const most = text.length * MAX_BYTES_PER_UNIT;
    if (text.length < MIN_ESTIMATED_CHARS) this.#encodeText(opcode, bits, text, most);
    else {
      const estimate = Math.min(most, Math.ceil(text.length * (bytesPerUnit + ESTIMATE_MARGIN)));
      const length = this.#encodeText(opcode, bits, text, estimate) ??
        this.#encodeText(opcode, bits, text, most)!;
      bytesPerUnit = length / text.length;
    }
  }

  /**
   * Encodes a text of at most `most` bytes. Returns its length in bytes, or `null` if it has more.
   */
  #encodeText(opcode: number, bits: FrameBits, text: string, most: number): number | null {
    const output = this.#output, isMasked = this.#maskingKeys !== null;
    const reserved = frameHeaderBytes(most, isMasked) + most;
    const start = output.reserve(reserved);
    // The header's size depends on the length in bytes, which is not known yet. The text is written
    // as if it were ASCII, and moved if that made the header too short.
    let payloadAt = start + frameHeaderBytes(text.length, isMasked);
    const length = this.#writeUtf8(text, payloadAt, start + reserved);
    if (length === null) {
      output.release(reserved);
      return null;
    }
    const size = frameHeaderBytes(length, isMasked);
    if (start + size !== payloadAt) {
      output.bytes.copyWithin(start + size, payloadAt, payloadAt + length);
      payloadAt = start + size;
    }
    output.release(reserved - size - length);
    writeFrameHeader(output.bytes, start, firstByte(opcode, bits), length, isMasked ? 0x80 : 0);
    if (isMasked) this.#mask(payloadAt, length);
    return length;
  }

  /**
   * Writes the UTF-8 of `text` at `bytes[at, end)`. Returns its length, or `null` if it is longer.
   */
  #writeUtf8(text: string, at: number, end: number): number | null {
    const { bytes } = this.#output, writeShort = this.#writeShort;
    if (writeShort !== undefined && text.length <= MAX_ACCELERATED_CHARS) {
      return writeShort(text, bytes, at);
    }
    const { read, written } = textEncoder.encodeInto(text, bytes.subarray(at, end));
    return read === text.length ? written : null;
  }

  /** Reserves a frame and writes its header. Returns the offset of the payload. */
  #begin(opcode: number, bits: FrameBits, length: number): number {
    const output = this.#output, isMasked = this.#maskingKeys !== null;
    const at = output.reserve(frameHeaderBytes(length, isMasked) + length);
    const next = writeFrameHeader(
      output.bytes,
      at,
      firstByte(opcode, bits),
      length,
      isMasked ? 0x80 : 0,
    );
    return isMasked ? next + 4 : next;
  }

  /** Takes a new key, writes it before the payload and masks the payload with it. */
  #mask(payloadAt: number, length: number): void {
    const key = this.#maskingKeys!(), { bytes } = this.#output;
    writeUint32(bytes, payloadAt - 4, key);
    applyMask(bytes, payloadAt, payloadAt + length, key, 0);
  }
}

function firstByte(opcode: number, bits: FrameBits): number {
  return (bits.fin ? FIN : 0) | (bits.rsv1 ? RSV1 : 0) | opcode;
}

function writeAscii(text: string, bytes: Uint8Array, start: number): boolean {
  let seen = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    bytes[start + index] = unit;
    seen |= unit;
  }
  return seen <= 0x7f;
}
