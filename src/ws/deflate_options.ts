/**
 * Translates the option `perMessageDeflate` of `ws`.
 *
 * @module
 */
import type { CompressionOptions } from "../framed/compression.ts";
import { notSupported, refuseMissing } from "./not_supported.ts";

/** The supported part of `perMessageDeflate`. */
export interface PerMessageDeflateOptions {
  /** Bytes below which a message is sent uncompressed. @default `1024` */
  threshold?: number;
  /**
   * The size of the window as a power of two, of both directions. @default `12` (`ws` has 15):
   * 4 KiB a direction and connection
   */
  serverMaxWindowBits?: number;
  /** As `serverMaxWindowBits`, which it must equal. */
  clientMaxWindowBits?: number;
  /** Whether no message refers to earlier ones, in both directions. @default `false` */
  serverNoContextTakeover?: boolean;
  /** As `serverNoContextTakeover`, which it must equal. */
  clientNoContextTakeover?: boolean;
  /** Options of the compressor. */
  zlibDeflateOptions?: {
    /** zlib's level, 1 to 9. @default `3` */
    level?: number;
  };
}

const MISSING = {
  concurrencyLimit: "messages are inflated in slices and never hold up others",
  zlibInflateOptions: null,
};
const MISSING_DEFLATE = {
  chunkSize: null,
  dictionary: null,
  finishFlush: null,
  flush: null,
  info: null,
  memLevel: null,
  strategy: null,
  windowBits: "set serverMaxWindowBits",
};

/** Translates the option. */
export function toCompression(
  value: boolean | PerMessageDeflateOptions,
): boolean | CompressionOptions {
  if (value === false) return false;
  const options = value === true ? {} : value;
  refuseMissing(options, MISSING, "perMessageDeflate.");
  const { threshold = 1024, zlibDeflateOptions = {} } = options;
  refuseMissing(zlibDeflateOptions, MISSING_DEFLATE, "perMessageDeflate.zlibDeflateOptions.");
  const { level } = zlibDeflateOptions;
  const windowBits = both(options, "serverMaxWindowBits", "clientMaxWindowBits");
  const noTakeover = both(options, "serverNoContextTakeover", "clientNoContextTakeover");
  return {
    thresholdBytes: threshold,
    ...level === undefined ? {} : { level },
    ...windowBits === undefined ? {} : { windowBits },
    ...noTakeover === undefined ? {} : { takeover: !noTakeover },
  };
}

/**
 * Returns the value of two options of `ws` that are one option here. Either may be set, or both to
 * the same value.
 */
function both<K extends keyof PerMessageDeflateOptions>(
  options: PerMessageDeflateOptions,
  server: K,
  client: K,
): PerMessageDeflateOptions[K] {
  const ofServer = options[server], ofClient = options[client];
  if (ofServer === undefined || ofClient === undefined) return ofServer ?? ofClient;
  if (ofServer === ofClient) return ofServer;
  throw notSupported(
    `perMessageDeflate with ${server}: ${String(ofServer)} and ${client}: ${String(ofClient)}`,
    "both directions have one value",
  );
}
