/**
 * Text that arrives in chunks, which may be cut anywhere, also inside a character.
 *
 * @module
 */
import { type TextAcceleration, Utf8Validator } from "./utf8.ts";

/** Checks one text message chunk by chunk, and decodes it if asked to. */
export class IncrementalText {
  readonly #validator: Utf8Validator;
  #decoder: TextDecoder | null = null;

  constructor(isUtf8?: TextAcceleration["isUtf8"]) {
    this.#validator = new Utf8Validator(isUtf8);
  }

  /** Whether the chunks so far end with a whole character. */
  get isComplete(): boolean {
    return this.#validator.isComplete;
  }

  /** Takes `bytes[start, end)`. Returns `false` as soon as the text cannot be UTF-8. */
  check(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#validator.push(bytes, start, end);
  }

  /** Decodes a checked chunk. A character that is cut off comes with the next chunk. */
  decode(bytes: Uint8Array, start: number, end: number, final: boolean): string {
    this.#decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
    return this.#decoder.decode(bytes.subarray(start, end), { stream: !final });
  }
}
