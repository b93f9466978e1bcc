/**
 * Close codes (RFC 6455 section 7.4) by their IANA names.
 *
 * @module
 */

// The codes that a browser's client needs are constants of their own, because a bundler keeps
// all of an object: 190 bytes gzipped.

/** 1000: the purpose of the connection is fulfilled. */
export const NORMAL_CLOSURE = 1000;
/** 1006: there was no Close frame. */
export const ABNORMAL_CLOSURE = 1006;
/** 1008: a message is against the policy of the receiver. */
export const POLICY_VIOLATION = 1008;
/** 1009: a message is too large. */
export const MESSAGE_TOO_BIG = 1009;
/** 1011: the endpoint met a condition that it did not expect. */
export const INTERNAL_ERROR = 1011;

/** The registered close codes (RFC 6455 section 11.7 and the IANA registry it set up). */
export const CloseCode = {
  NormalClosure: NORMAL_CLOSURE,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  NoStatusReceived: 1005,
  AbnormalClosure: ABNORMAL_CLOSURE,
  InvalidFramePayloadData: 1007,
  PolicyViolation: POLICY_VIOLATION,
  MessageTooBig: MESSAGE_TOO_BIG,
  MandatoryExtension: 1010,
  InternalError: INTERNAL_ERROR,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadGateway: 1014,
  TlsHandshake: 1015,
} as const;
/** One of the values of {@linkcode CloseCode}. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * Whether a Close frame may carry this code (RFC 6455 section 7.4). The codes 1004, 1005, 1006
 * and 1015 are never sent, 1016 to 2999 are not defined, 3000 to 4999 are for applications.
 */
export function isWireCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

/** @throws {RangeError} if an endpoint must not send the code. */
export function checkCloseCode(code: number): void {
  if (Number.isInteger(code) && isWireCloseCode(code)) return;
  throw new RangeError(
    `close: code ${code} may not be sent; use 1000 to 1003, 1007 to 1014, or 3000 to 4999 (RFC 6455 section 7.4)`,
  );
}
