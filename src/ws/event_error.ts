/**
 * Makes the errors that `ws` emits as `error`.
 *
 * @module
 */
import type { CloseInfo } from "../handler.ts";
import { WebSocketError } from "../errors.ts";
import { CloseCode } from "../protocol/close_code.ts";

/** An error with one of the codes of `ws`. */
export interface CodedError extends Error {
  /** `WS_ERR_…`, or the code of the library's own error. */
  readonly code: string;
}

/**
 * Makes the error that `ws` emits before `close`. Returns `null` if `ws` emits none, because the
 * transport was lost or was dropped by this side.
 */
export function toEventError({ code, cause }: CloseInfo): CodedError | null {
  if (!(cause instanceof WebSocketError)) return null;
  switch (cause.code) {
    case "ERR_MESSAGE_TOO_BIG":
      return coded(new RangeError("Max payload size exceeded", { cause }), TOO_LONG);
    case "ERR_PROTOCOL":
      return coded(new Error(cause.message, { cause }), codeOf(cause.rule, code));
    case "ERR_SEND_LIMIT":
    case "ERR_TRANSFERRED":
      return cause;
    default:
      return null;
  }
}

const TOO_LONG = "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";

/** The codes of `ws` by name of the broken rule. */
const CODES: Readonly<Record<string, string>> = {
  reservedBits: "WS_ERR_UNEXPECTED_RSV_2_3",
  unmasked: "WS_ERR_EXPECTED_MASK",
  masked: "WS_ERR_UNEXPECTED_MASK",
  controlFragmented: "WS_ERR_EXPECTED_FIN",
  controlTooLong: "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH",
  closeTooShort: "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH",
  lengthNotMinimal: "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
  lengthSign: "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
  lengthTooLarge: "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
  closeCode: "WS_ERR_INVALID_CLOSE_CODE",
};

function codeOf(rule: string | undefined, closeCode: number): string {
  if (closeCode === CloseCode.InvalidFramePayloadData) return "WS_ERR_INVALID_UTF8";
  return CODES[rule ?? ""] ?? "WS_ERR_INVALID_OPCODE";
}

function coded(error: Error, code: string): CodedError {
  return Object.assign(error, { code });
}
