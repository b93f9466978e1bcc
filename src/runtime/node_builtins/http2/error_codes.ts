/**
 * HTTP/2's error codes and their names.
 *
 * @module
 */

/** RFC 9113 section 7, in the order of their numbers. */
const NAMES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

/**
 * The error codes that this library sends. They are written out, because a mount must not load
 * `node:http2`.
 */
export const ErrorCode = {
  NoError: 0x0,
  InternalError: 0x2,
  Cancel: 0x8,
  EnhanceYourCalm: 0xb,
} as const;

/** The name of an error code; its number if it has none. */
export function nameError(code: number): string {
  return NAMES[code] ?? `0x${code.toString(16)}`;
}
