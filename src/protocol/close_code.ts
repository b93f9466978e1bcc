/**
 * Close codes (RFC 6455 section 7.4) by their IANA names.
 *
 * @module
 */

/** The registered close codes (RFC 6455 section 11.7 and the IANA registry it set up). */
export const CloseCode = {
  NormalClosure: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  NoStatusReceived: 1005,
  AbnormalClosure: 1006,
  InvalidFramePayloadData: 1007,
  PolicyViolation: 1008,
  MessageTooBig: 1009,
  MandatoryExtension: 1010,
  InternalError: 1011,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadGateway: 1014,
  TlsHandshake: 1015,
} as const;
/** One of the values of {@linkcode CloseCode}. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * Whether a Close frame may carry this code: 1004, 1005, 1006 and 1015 never go on the
 * wire, 1016 to 2999 are not defined (section 7.4.2), 3000 to 4999 are for the users.
 */
export function isWireCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}
