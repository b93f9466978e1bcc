/**
 * Sends messages: whole or as fragments (RFC 6455 section 5.4), encoded or as they are.
 *
 * @module
 */
import type { Message, MessageType } from "../message.ts";
import type { MessageCodec } from "./message_codec.ts";
import { type FrameEncoder, WHOLE } from "./frame_encoder.ts";
import { Opcode } from "./opcode.ts";

/** How a message is sent. */
export interface MessageOptions {
  /** Whether the message is complete with this; `false` sends a fragment. */
  readonly final: boolean;
  /** Whether it may be compressed, where that was agreed on. */
  readonly compress: boolean;
}

/** A message sent in one piece, compressed if that pays. */
export const WHOLE_MESSAGE: MessageOptions = { final: true, compress: true };

const textEncoder = /* @__PURE__ */ new TextEncoder();

/** Writes the messages of one endpoint. */
export class MessageWriter {
  readonly #encoder: FrameEncoder;
  readonly #codec: MessageCodec | null;
  #type: MessageType | null = null; // of the message begun and not finished
  #isEncoding = false; // that message is encoded

  constructor(encoder: FrameEncoder, codec: MessageCodec | null) {
    this.#encoder = encoder;
    this.#codec = codec;
  }

  /** The type of the message that was begun and not finished. */
  get openType(): MessageType | null {
    return this.#type;
  }

  /** Writes a message, or a fragment of one; throws a `TypeError` when it does not continue what was begun. */
  write(data: Message, options: MessageOptions): void {
    checkMessage(data, this.#type);
    if (!options.final || this.#type !== null) return this.#writeFragment(data, options);
    if (this.#codec !== null && options.compress && this.#writeEncoded(data, this.#codec)) return;
    writeWhole(this.#encoder, data);
  }

  #writeEncoded(data: Message, codec: MessageCodec): boolean {
    const encoded = codec.encode(toBytes(data));
    if (encoded === null) return false;
    const opcode = typeof data === "string" ? Opcode.Text : Opcode.Binary;
    this.#encoder.writeBytes(opcode, { fin: true, rsv1: true }, encoded);
    return true;
  }

  #writeFragment(data: Message, { final, compress }: MessageOptions): void {
    const type = typeof data === "string" ? "text" : "binary";
    const isFirst = this.#type === null;
    if (isFirst) this.#isEncoding = compress && this.#codec !== null;
    const opcode = isFirst ? (type === "text" ? Opcode.Text : Opcode.Binary) : Opcode.Continuation;
    // Section 6.1 of RFC 7692: RSV1 is set on the first frame of a message only.
    const bits = { fin: final, rsv1: isFirst && this.#isEncoding };
    if (this.#isEncoding) {
      const encoded = this.#codec!.encodeFragment(toBytes(data), { final, compress });
      this.#encoder.writeBytes(opcode, bits, encoded);
    } else if (typeof data === "string") this.#encoder.writeText(opcode, bits, data);
    else this.#encoder.writeBytes(opcode, bits, data);
    this.#type = final ? null : type;
  }
}

/** Writes a message in one piece and as it is, which nearly all are; throws a `TypeError` when it is none. */
export function writeWhole(encoder: FrameEncoder, data: Message): void {
  if (typeof data === "string") encoder.writeText(Opcode.Text, WHOLE, data);
  else if (data instanceof Uint8Array) encoder.writeBytes(Opcode.Binary, WHOLE, data);
  else checkMessage(data, null);
}

/** The type of a message; throws a `TypeError` when it is none, or does not continue what was begun. */
export function checkMessage(data: Message, openType: MessageType | null): MessageType {
  if (typeof data !== "string" && !(data instanceof Uint8Array)) {
    throw new TypeError("sendMessage: a message must be a string or a Uint8Array");
  }
  const type = typeof data === "string" ? "text" : "binary";
  if (openType === null || openType === type) return type;
  throw new TypeError(
    `send: the message begun with final: false is ${openType}, so its next fragment cannot be ${type}`,
  );
}

function toBytes(data: Message): Uint8Array {
  return typeof data === "string" ? textEncoder.encode(data) : data;
}
