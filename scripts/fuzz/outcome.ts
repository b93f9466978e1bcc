/**
 * What an implementation made of some bytes, in a form that all of them share.
 *
 * @module
 */

/** One implementation's reading of one input. */
export interface Outcome {
  /** Messages, pings and pongs, in order: a letter (`t b p o`), a colon, and hexadecimal digits. */
  readonly events: readonly string[];
  /** `open`, `close CODE REASON`, or `fail CODE`; for heads `head …`, `more` or `refused`. */
  readonly end: string;
  /** Of ours: the rule that was broken. */
  readonly rule?: string;
}

/** How the bytes are to be read. */
export type Kind = "frames" | "deflate" | "heads";
export type Role = "client" | "server";

/** Bytes for all implementations. */
export interface Input {
  readonly kind: Kind;
  /** The role of the reader. */
  readonly role: Role;
  readonly bytes: Uint8Array;
}

/** Messages above this many bytes are too big for every implementation. */
export const MAX_MESSAGE_BYTES = 1_000;
/** A head's, and of its fields. */
export const MAX_HEAD_BYTES = 8_192, MAX_FIELDS = 100;

/** Bytes as hexadecimal digits. */
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
