/**
 * Text that comes in pieces, cut anywhere, also inside a character.
 *
 * @module
 */
import { Utf8Validator } from "./utf8.ts";

/** Checks, and if asked decodes, one text message piece by piece. */
export class IncrementalText {
  readonly #validator = new Utf8Validator();
  #decoder: TextDecoder | null = null;

  /** Whether what came so far ends with a whole character. */
  get isComplete(): boolean {
    return this.#validator.isComplete;
  }

  /** `false` as soon as the text cannot be UTF-8. */
  check(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#validator.push(bytes, start, end);
  }

  /** Decodes a checked piece; a character that is not complete comes with the next one. */
  decode(bytes: Uint8Array, start: number, end: number, final: boolean): string {
    this.#decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
    return this.#decoder.decode(bytes.subarray(start, end), { stream: !final });
  }
}
