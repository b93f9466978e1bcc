/**
 * The names of HTTP/2's error codes.
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

/** The name of an error code; its number if it has none. */
export function nameError(code: number): string {
  return NAMES[code] ?? `0x${code.toString(16)}`;
}
