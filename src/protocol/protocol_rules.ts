/**
 * What holds for many connections alike: all of a server's have the same rules, and share them.
 *
 * @module
 */
import type { MaskingKeySource } from "./frame_encoder.ts";
import type { Role } from "./role.ts";
import type { ShortTexts } from "./utf8.ts";
import { MIN_WORDS_BYTES } from "./frame_decoder.ts";

/** The part of a protocol's options that is the same for all connections of a server. */
export interface ProtocolRules {
  /** Our side of the connection. */
  readonly role: Role;
  /** Limit of a whole message (and of one fragment), in bytes after decoding. */
  readonly maxMessageBytes: number;
  /** From this many bytes on small messages share the memory of their chunk. */
  readonly minSharedBytes: number;
  /** From this many bytes on a chunk is unmasked by its words. */
  readonly minWordsBytes: number;
  /** The platform's way with short texts, where it has a fast one. */
  readonly shortTexts: ShortTexts | undefined;
}

/** What rules are made of; {@linkcode ProtocolOptions} tells more. */
export interface RulesOptions {
  readonly role: Role;
  readonly maxMessageBytes?: number;
  readonly minSharedBytes?: number;
  readonly minWordsBytes?: number;
  readonly shortTexts?: ShortTexts | undefined;
  readonly maskingKeys?: MaskingKeySource;
}

/** Default of `maxMessageBytes`: 1 MiB. */
export const DEFAULT_MAX_MESSAGE_BYTES: number = 1024 * 1024;

/** V8 makes no longer string, and every runtime has a buffer of this size: `receive` never throws. */
const MOST_MESSAGE_BYTES = 2 ** 29 - 24;

let last: ProtocolRules | null = null;

/** Checks options, and gives the rules of the last protocol when they are the same. */
export function rulesOf(options: RulesOptions): ProtocolRules {
  const { role, shortTexts, minSharedBytes = Infinity, minWordsBytes = MIN_WORDS_BYTES } = options;
  const { maxMessageBytes: limit = DEFAULT_MAX_MESSAGE_BYTES } = options;
  if (role === "client" && options.maskingKeys === undefined) {
    throw new TypeError("Protocol: role client needs maskingKeys (RFC 6455 section 5.3)");
  }
  if (typeof limit !== "number" || !(limit >= 0)) {
    throw new RangeError("Protocol: maxMessageBytes must be a number of bytes");
  }
  const maxMessageBytes = Math.min(limit, MOST_MESSAGE_BYTES);
  const isSame = last !== null && last.role === role && last.maxMessageBytes === maxMessageBytes &&
    last.minSharedBytes === minSharedBytes && last.minWordsBytes === minWordsBytes &&
    last.shortTexts === shortTexts;
  return isSame
    ? last!
    : last = { role, maxMessageBytes, minSharedBytes, minWordsBytes, shortTexts };
}
