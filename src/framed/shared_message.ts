/**
 * One message for many connections. It is encoded once, and compressed once for each set of
 * agreed parameters.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { MessageCodec } from "../protocol/message_codec.ts";
import { type FrameBits, FrameEncoder, WHOLE } from "../protocol/frame_encoder.ts";
import { FrameSlab } from "./frame_slab.ts";
import { Opcode } from "../protocol/opcode.ts";
import { CollectingOutput } from "../protocol/output.ts";

const DEFLATED: FrameBits = { fin: true, rsv1: true };

/** Longer messages get a buffer of their own. */
const MAX_SHORT_LENGTH = 512;

const textEncoder = /* @__PURE__ */ new TextEncoder();

/** A message and its encoded frames. Its bytes must not change. */
export class SharedMessage {
  readonly message: Message;
  /** `false` if the message must not be compressed. */
  readonly compress: boolean;
  #plain: Uint8Array | null = null;
  // By parameters; `null` if compression does not pay.
  #deflated: Map<string, Uint8Array | null> | null = null;

  constructor(message: Message, compress: boolean) {
    this.message = message;
    this.compress = compress;
  }

  /**
   * The frame for a connection with this codec. Connections share its bytes, which never change.
   */
  frameFor(codec: MessageCodec | null): Uint8Array {
    if (codec !== null && this.compress && codec.alone !== undefined) {
      const deflated = this.#deflatedFor(codec, codec.alone);
      if (deflated !== null) return deflated;
    }
    return this.#plain ??= encodeShared(this.message, WHOLE);
  }

  #deflatedFor(codec: MessageCodec, alone: string): Uint8Array | null {
    const known = this.#deflated?.get(alone);
    if (known !== undefined) {
      if (known !== null) codec.onSentAlone?.();
      return known;
    }
    const { message } = this;
    const payload = typeof message === "string" ? textEncoder.encode(message) : message;
    const encoded = codec.encodeAlone?.(payload) ?? null;
    const opcode = typeof message === "string" ? Opcode.Text : Opcode.Binary;
    const frame = encoded === null ? null : encodeShared(encoded, DEFLATED, opcode);
    (this.#deflated ??= new Map()).set(alone, frame);
    if (frame !== null) codec.onSentAlone?.();
    return frame;
  }
}

/** Where short shared messages are encoded. It is made at the first of them. */
let short: { readonly slab: FrameSlab; readonly encoder: FrameEncoder } | null = null;

/**
 * Encodes a frame whose bytes never change. `opcode` is that of a payload of bytes; a string is
 * text.
 */
export function encodeShared(
  payload: Message,
  bits: FrameBits,
  opcode: number = Opcode.Binary,
): Uint8Array {
  if (payload.length > MAX_SHORT_LENGTH) {
    const output = new CollectingOutput();
    write(new FrameEncoder(output, null), payload, bits, opcode);
    return output.take();
  }
  if (short === null) {
    const slab = new FrameSlab();
    short = { slab, encoder: new FrameEncoder(slab, null) };
  }
  write(short.encoder, payload, bits, opcode);
  return short.slab.take();
}

function write(encoder: FrameEncoder, payload: Message, bits: FrameBits, opcode: number): void {
  if (typeof payload === "string") encoder.writeText(Opcode.Text, bits, payload);
  else encoder.writeBytes(opcode, bits, payload);
}
