/**
 * permessage-deflate (RFC 7692): the options that users set, and the interface of a runtime's
 * zlib.
 *
 * @module
 */
import type { ExtensionOffer } from "../handshake/header_values.ts";
import {
  answerDeflate,
  type DeflateAnswer,
  type DeflateDirection,
  type DeflateTerms,
} from "../handshake/permessage_deflate.ts";
import type { MessageCodec } from "../protocol/message_codec.ts";
import { WebSocketError } from "../errors.ts";
import { checkOptions, isType } from "../connection/option_checks.ts";
import { atLeast, type OptionChecks } from "../options.ts";

/** How messages are compressed, where both sides can. */
export interface CompressionOptions {
  /**
   * zlib's level, 1 (fast) to 9 (small).
   *
   * @default {3} Higher levels take much more time and make messages little smaller.
   */
  level?: number;
  /**
   * Messages of fewer bytes are sent uncompressed.
   *
   * @default {128} Below that, compression saves less than it adds.
   */
  thresholdBytes?: number;
  /**
   * Size of the window as a power of two, 9 to 15: how far back a message can refer, and the bytes
   * each direction of an idle connection holds.
   *
   * @default {12} 4 KiB.
   */
  windowBits?: number;
  /**
   * Whether a message may refer to earlier ones (context takeover). Small messages gain most by it.
   *
   * @default {true}
   */
  takeover?: boolean;
  /**
   * Most bytes of windows that all connections of the process may hold. Beyond this number, new
   * connections agree on no context takeover.
   *
   * @default {67108864} Enough for 8,192 connections with the default window.
   */
  maxWindowsBytes?: number;
}

const COMPRESSION_CHECKS: OptionChecks<CompressionOptions> = {
  level: null,
  thresholdBytes: null,
  windowBits: null,
  takeover: isType("boolean"),
  maxWindowsBytes: null,
};

/** The options with defaults filled in. */
export type ResolvedCompression = Readonly<Required<CompressionOptions>>;

/**
 * Fills in the defaults. Returns `null` if compression is off. Throws a `RangeError` that names the
 * invalid option.
 */
export function resolveCompression(
  value: boolean | CompressionOptions | undefined,
): ResolvedCompression | null {
  if (value === undefined || value === false) return null;
  const options = value === true ? {} : value;
  checkOptions("compression", options, COMPRESSION_CHECKS);
  return {
    level: between(1, 9, "compression.level", options.level ?? 3),
    thresholdBytes: atLeast(0, "compression.thresholdBytes", options.thresholdBytes ?? 128),
    windowBits: between(9, 15, "compression.windowBits", options.windowBits ?? 12),
    takeover: options.takeover ?? true,
    maxWindowsBytes: atLeast(0, "compression.maxWindowsBytes", options.maxWindowsBytes ?? 1 << 26),
  };
}

function between(least: number, most: number, option: string, value: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${option}: must be a whole number from ${least} to ${most}, not ${value}`);
}

/** Options of a codec: the parameters of both directions, and the level. */
export interface CodecOptions {
  readonly send: DeflateDirection;
  readonly receive: DeflateDirection;
  readonly level: number;
  readonly thresholdBytes: number;
}

/** A runtime's zlib. */
export interface DeflateEngine {
  /** Whether it can compress with references to earlier messages. */
  readonly canReferBack: boolean;
  /** Makes the codec of one connection. */
  makeCodec(options: CodecOptions): MessageCodec;
  /** Calls back in a later turn of the event loop. */
  nextTurn(callback: () => void): void;
}

/** The compression of one server or client call, and the bytes of windows of the process. */
export class Compression {
  static #windowsBytes = 0; // of all connections in the process
  readonly #options: ResolvedCompression;
  readonly #engine: DeflateEngine;

  constructor(options: ResolvedCompression, engine: DeflateEngine) {
    this.#options = options;
    this.#engine = engine;
  }

  /** Bytes of windows that the open connections of this process hold. */
  static get windowsBytes(): number {
    return Compression.#windowsBytes;
  }

  /** Answers a client's offers; `null` when messages are not compressed. */
  negotiate(offers: readonly ExtensionOffer[]): DeflateAnswer | null {
    return answerDeflate(offers, this.offerTerms("server"));
  }

  /** The terms that this side wants, as far as memory and the runtime's zlib allow. */
  offerTerms(role: "client" | "server"): DeflateTerms {
    const { takeover, windowBits, maxWindowsBytes } = this.#options;
    const both = 2 << windowBits;
    const fits = Compression.#windowsBytes + both <= maxWindowsBytes;
    const own = { takeover: takeover && fits && this.#engine.canReferBack, windowBits };
    const peers = { takeover: takeover && fits, windowBits };
    return role === "server" ? { server: own, client: peers } : { server: peers, client: own };
  }

  /** Makes the codec for what was agreed on, and counts its windows until it is closed. */
  makeCodec(role: "client" | "server", terms: DeflateTerms): ClosableCodec {
    const { level, thresholdBytes } = this.#options;
    const send = role === "server" ? terms.server : terms.client;
    const receive = role === "server" ? terms.client : terms.server;
    const bytes = windowBytes(send) + windowBytes(receive);
    Compression.#windowsBytes += bytes;
    let isOpen = true;
    return {
      codec: this.#engine.makeCodec({ send, receive, level, thresholdBytes }),
      nextTurn: this.#engine.nextTurn,
      close() {
        if (isOpen) Compression.#windowsBytes -= bytes;
        isOpen = false;
      },
    };
  }
}

/**
 * Makes the compression of a server or client call; `null` for off.
 *
 * @throws {WebSocketError} `ERR_NOT_SUPPORTED` where the platform has no zlib.
 */
export function makeCompression(
  value: boolean | CompressionOptions | undefined,
  engine: DeflateEngine | undefined,
): Compression | null {
  const options = resolveCompression(value);
  if (options === null) return null;
  if (engine !== undefined) return new Compression(options, engine);
  const why = "compression: this adapter has no zlib to compress with";
  throw new WebSocketError("ERR_NOT_SUPPORTED", why);
}

/** A codec whose memory can be released. */
export interface ClosableCodec extends Pick<DeflateEngine, "nextTurn"> {
  readonly codec: MessageCodec;
  close(): void;
}

function windowBytes({ takeover, windowBits }: DeflateDirection): number {
  return takeover ? 1 << windowBits : 0;
}
