/**
 * The options of a protocol, as given and with all defaults filled in.
 *
 * @module
 */
import { DEFAULT_MAX_MESSAGE_BYTES } from "../defaults.ts";
import type { MaskingKeySource } from "./frame_encoder.ts";
import type { MessageCodec } from "./message_codec.ts";
import type { Output } from "./output.ts";
import type { ProtocolSink } from "./protocol_sink.ts";
import type { Role } from "./role.ts";
import type { TextAcceleration } from "./utf8.ts";
import { MIN_WORDS_BYTES } from "./frame_decoder.ts";

/** Options of both roles. */
export interface CommonProtocolOptions {
  /** Receives what the peer sends. */
  readonly sink: ProtocolSink;
  /** Takes the bytes that are to be sent. */
  readonly output: Output;
  /**
   * Largest message that is accepted, in bytes after decoding. A larger one fails the connection
   * with close code 1009 (RFC 6455 section 7.4.1). With delivery by fragment, the limit holds for
   * each fragment. `Infinity` means 512 MiB, the longest string that V8 makes: larger messages
   * can only be delivered by `"fragment"` or `"chunk"`.
   *
   * @default {1048576} 1 MiB: few messages are larger, and a peer cannot make this side buffer
   *   more.
   */
  readonly maxMessageBytes?: number | undefined;
  /**
   * The negotiated extension that uses RSV1 (RFC 6455 sections 5.2 and 9).
   *
   * @default {undefined} No extension: a frame with RSV1 fails the connection.
   */
  readonly codec?: MessageCodec | undefined;
  /**
   * Called when the codec has decoded more of a large message, always in a new turn of the event
   * loop. Call `receive` then, with the rest of the chunk or with an empty one.
   *
   * @default {undefined} Every message is decoded in one call.
   */
  readonly onDecoded?: (() => void) | undefined;
  /** Options that change the speed of a connection and never its messages. Unstable. */
  readonly tuning?: ProtocolTuning | undefined;
}

/** Options of the server role. */
export interface ServerProtocolOptions extends CommonProtocolOptions {
  /** Our side of the connection. */
  readonly role: "server";
  /** Ignored: a server does not mask what it sends (RFC 6455 section 5.1). */
  readonly maskingKeys?: MaskingKeySource | undefined;
}

/** Options of the client role. */
export interface ClientProtocolOptions extends CommonProtocolOptions {
  /** Our side of the connection. */
  readonly role: "client";
  /**
   * Returns a new masking key for each frame: a 32-bit number that a peer cannot predict
   * (RFC 6455 sections 5.3 and 10.3).
   */
  readonly maskingKeys: MaskingKeySource;
}

/** Options of {@linkcode Protocol}. */
export type ProtocolOptions = ServerProtocolOptions | ClientProtocolOptions;

/**
 * Options that change the speed of a connection and never its messages. They follow measurements
 * of engines, so any release may change them.
 */
export interface ProtocolTuning {
  /**
   * Messages from this size up to 4 KiB are not copied: they are views of the chunk they came in,
   * which they keep alive (at most 64 KiB).
   *
   * @default {Infinity} Each message has a buffer of its own, which its receiver may transfer.
   */
  readonly minSharedBytes?: number | undefined;
  /**
   * Chunks from this size on are unmasked through a view of their 32-bit words. `Infinity` suits
   * an engine on which making a view is slow.
   *
   * @default {256} In a smaller chunk too few messages share the cost of the view.
   */
  readonly minWordsBytes?: number | undefined;
  /**
   * Platform-specific functions for short strings.
   *
   * @default {undefined} `TextDecoder`, `TextEncoder`, and loops for the shortest strings.
   */
  readonly textAcceleration?: TextAcceleration | undefined;
  /**
   * Whether the owner calls `sendNext` while `isSending`, each time in a new turn of the event
   * loop. Large messages are then compressed in slices of 64 KiB, between which other work runs.
   *
   * @default {false} A message is compressed in the call that sends it.
   */
  readonly sendsInTurns?: boolean | undefined;
}

/** The options that all connections of a server have in common, with defaults filled in. */
export interface ResolvedProtocolOptions {
  readonly role: Role;
  readonly maxMessageBytes: number;
  readonly minSharedBytes: number;
  readonly minWordsBytes: number;
  readonly textAcceleration: TextAcceleration | undefined;
  readonly sendsInTurns: boolean;
  /**
   * The object with the previous four options. It is compared to find out whether two sets of
   * options are equal.
   */
  readonly tuning: ProtocolTuning;
}

/** V8's longest string, and a buffer that every runtime can make: `receive` must never throw. */
const MAX_MESSAGE_BYTES = 2 ** 29 - 24;

const NO_TUNING: ProtocolTuning = {};

/** The options resolved last. Connections of one server have equal options, and so share them. */
let last: ResolvedProtocolOptions | null = null;

/**
 * Checks options and fills in defaults. Options equal to those of the previous call give the
 * same object.
 *
 * @throws {TypeError} if the client role has no `maskingKeys`.
 * @throws {RangeError} if `maxMessageBytes` is not a number of bytes.
 */
export function resolveProtocolOptions(
  options: Omit<ServerProtocolOptions | ClientProtocolOptions, "sink" | "output">,
): ResolvedProtocolOptions {
  const { role, tuning = NO_TUNING, maxMessageBytes: limit = DEFAULT_MAX_MESSAGE_BYTES } = options;
  if (role === "client" && options.maskingKeys === undefined) {
    throw new TypeError("Protocol: role client needs maskingKeys (RFC 6455 section 5.3)");
  }
  if (typeof limit !== "number" || !(limit >= 0)) {
    throw new RangeError("Protocol: maxMessageBytes must be a number of bytes");
  }
  const maxMessageBytes = Math.min(limit, MAX_MESSAGE_BYTES);
  const isSame = last !== null && last.role === role &&
    last.maxMessageBytes === maxMessageBytes && last.tuning === tuning;
  if (isSame) return last!;
  return last = {
    role,
    maxMessageBytes,
    minSharedBytes: tuning.minSharedBytes ?? Infinity,
    minWordsBytes: tuning.minWordsBytes ?? MIN_WORDS_BYTES,
    textAcceleration: tuning.textAcceleration,
    sendsInTurns: tuning.sendsInTurns ?? false,
    tuning,
  };
}
