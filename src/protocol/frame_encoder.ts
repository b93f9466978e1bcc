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

/** Gives a fresh, unpredictable masking key as a 32-bit number (RFC 6455 section 5.3). */
export type MaskingKeySource = () => number;

const FIN = 0x80;
const RSV1 = 0x40;
const textEncoder = /* @__PURE__ */ new TextEncoder();
/** Up to this many characters, a loop here is faster than a call of `TextEncoder`. */
const SHORT = 64;
/** Up to this many, what a call and a view cost counts more than how fast the bytes are written. */
const SHORT_TEXT = 1024;
/** UTF-8 needs at most this many bytes for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/** First two bits of a frame. */
export interface FrameBits {
  /** Whether the frame ends its message. */
  readonly fin: boolean;
  /** Whether an extension marks the message (RFC 7692: it is compressed). */
  readonly rsv1: boolean;
}

/** The bits of a message that is sent whole and plain. */
export const WHOLE: FrameBits = { fin: true, rsv1: false };

/** Writes one endpoint's frames; a client's are masked. */
export class FrameEncoder {
  readonly #output: Output;
  readonly #maskingKeys: MaskingKeySource | null;
  readonly #writeShort: TextAcceleration["writeUtf8"];

  /** `maskingKeys` is given for the client role only (section 5.1). */
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

  /** Writes a frame with the UTF-8 of `text`, encoded where it is to lie. */
  writeText(opcode: number, bits: FrameBits, text: string): void {
    const delivered = echoCache.find(text);
    if (delivered !== null) return this.writeBytes(opcode, bits, delivered);
    if (text.length <= SHORT && this.#writeShort === undefined) {
      const at = this.#begin(opcode, bits, text.length);
      if (writeAscii(text, this.#output.bytes, at)) {
        if (this.#maskingKeys !== null) this.#mask(at, text.length);
        return;
      }
      this.#output.release(frameHeaderBytes(text.length, this.#maskingKeys !== null) + text.length);
    } else if (text.length > 0x4000) {
      // Room for the worst case would be three times a long text: encode it apart.
      return this.writeBytes(opcode, bits, textEncoder.encode(text));
    }
    this.#encodeText(opcode, bits, text);
  }

  #encodeText(opcode: number, bits: FrameBits, text: string): void {
    const output = this.#output, isMasked = this.#maskingKeys !== null;
    const most = text.length * MAX_BYTES_PER_UNIT, room = frameHeaderBytes(most, isMasked) + most;
    const start = output.reserve(room);
    // The header's size depends on the length: guess ASCII, and move the text if it was not.
    let payloadAt = start + frameHeaderBytes(text.length, isMasked);
    const length = this.#writeUtf8(text, payloadAt);
    const size = frameHeaderBytes(length, isMasked);
    if (start + size !== payloadAt) {
      output.bytes.copyWithin(start + size, payloadAt, payloadAt + length);
      payloadAt = start + size;
    }
    output.release(room - size - length);
    writeFrameHeader(output.bytes, start, firstByte(opcode, bits), length, isMasked ? 0x80 : 0);
    if (isMasked) this.#mask(payloadAt, length);
  }

  #writeUtf8(text: string, at: number): number {
    const { bytes } = this.#output, writeShort = this.#writeShort;
    return writeShort !== undefined && text.length <= SHORT_TEXT
      ? writeShort(text, bytes, at)
      : textEncoder.encodeInto(text, bytes.subarray(at)).written;
  }

  /** Reserves a frame and writes its header; returns where the payload goes. */
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

  /** Draws a key, writes it before the payload and masks the payload with it. */
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
