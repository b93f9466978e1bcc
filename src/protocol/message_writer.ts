/**
 * Writes messages in one frame or as fragments (RFC 6455 section 5.4), encoded or not.
 *
 * @module
 */
import type { Message, MessageType } from "../message.ts";
import type { MessageCodec } from "./message_codec.ts";
import type { MessageOptions } from "./message_options.ts";
import { type FrameEncoder, WHOLE } from "./frame_encoder.ts";
import { Opcode } from "./opcode.ts";

const textEncoder = /* @__PURE__ */ new TextEncoder();

/** Writes the messages of one endpoint. */
export class MessageWriter {
  readonly #encoder: FrameEncoder;
  readonly #codec: MessageCodec | null;
  #type: MessageType | null = null; // of the unfinished message
  #encoding: MessageCodec | null = null; // encodes that message
  // The first half of a surrogate pair, whose second half comes with the next fragment.
  #carried = "";

  constructor(encoder: FrameEncoder, codec: MessageCodec | null) {
    this.#encoder = encoder;
    this.#codec = codec;
  }

  /** The type of the unfinished message, or `null`. */
  get openType(): MessageType | null {
    return this.#type;
  }

  /**
   * Writes a message, or a fragment of one.
   *
   * @throws {TypeError} if `data` is not a message, or not of the unfinished message's type.
   */
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

  #writeFragment(message: Message, { final, compress }: MessageOptions): void {
    const data = typeof message === "string" ? this.#joinHalves(message, final) : message;
    const type = typeof data === "string" ? "text" : "binary";
    const isFirst = this.#type === null;
    if (isFirst) this.#encoding = compress ? this.#codec : null;
    const opcode = isFirst ? (type === "text" ? Opcode.Text : Opcode.Binary) : Opcode.Continuation;
    // RFC 7692 section 6.1: only the first frame of a message has RSV1.
    const bits = { fin: final, rsv1: isFirst && this.#encoding !== null };
    if (this.#encoding !== null) {
      const encoded = this.#encoding.encodeFragment(toBytes(data), { final, compress });
      this.#encoder.writeBytes(opcode, bits, encoded);
    } else if (typeof data === "string") this.#encoder.writeText(opcode, bits, data);
    else this.#encoder.writeBytes(opcode, bits, data);
    this.#type = final ? null : type;
  }

  /**
   * Joins the halves of a surrogate pair that two fragments share. Each half alone would become
   * U+FFFD.
   */
  #joinHalves(text: string, final: boolean): string {
    const joined = this.#carried + text;
    this.#carried = "";
    if (final || !endsInPair(joined)) return joined;
    this.#carried = joined.slice(-1);
    return joined.slice(0, -1);
  }
}

/** Whether a text ends with the first half of a surrogate pair. */
function endsInPair(text: string): boolean {
  const last = text.charCodeAt(text.length - 1); // NaN of an empty text
  return last >= 0xd800 && last <= 0xdbff;
}

/**
 * Writes a message in one frame and not encoded, as nearly all are.
 *
 * @throws {TypeError} if `data` is not a message.
 */
export function writeWhole(encoder: FrameEncoder, data: Message): void {
  if (typeof data === "string") encoder.writeText(Opcode.Text, WHOLE, data);
  else if (data instanceof Uint8Array) encoder.writeBytes(Opcode.Binary, WHOLE, data);
  else checkMessage(data, null);
}

/**
 * Returns the type of a message.
 *
 * @throws {TypeError} if `data` is not a message, or not of the unfinished message's type.
 */
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
