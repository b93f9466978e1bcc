/**
 * Every rule of RFC 6455 that a peer can break in its frames, messages and Close, each with
 * its name, its section and the close code that the connection is failed with.
 *
 * @module
 */
import { CloseCode } from "./close_code.ts";

/** A rule of RFC 6455 that the peer broke. */
export interface Violation {
  /** Stable name of the rule. */
  readonly rule: Rule;
  /** The close code the connection is failed with. */
  readonly code: CloseCode;
  /** Section of RFC 6455 that states the rule. */
  readonly section: string;
  /** What the peer is told as the close reason. */
  readonly text: string;
}

/** The rules whose breach {@linkcode Violations} names. */
export type Rule =
  | "reservedBits"
  | "reservedOpcode"
  | "unmasked"
  | "masked"
  | "controlFragmented"
  | "controlTooLong"
  | "lengthNotMinimal"
  | "lengthSign"
  | "lengthTooLarge"
  | "strayContinuation"
  | "messageInterrupted"
  | "closeTooShort"
  | "closeCode"
  | "closeReason"
  | "notUtf8"
  | "messageTooBig"
  | "badEncoding";

/** All violations by name. Pure, so that a bundle for browsers, which has no frames, goes without them. */
export const Violations: Readonly<Record<Rule, Violation>> = /* @__PURE__ */ makeViolations();

function makeViolations(): Readonly<Record<Rule, Violation>> {
  const rows: readonly (readonly [Rule, CloseCode, section: string, text: string])[] = [
    ["reservedBits", CloseCode.ProtocolError, "5.2", "reserved bits are set"],
    ["reservedOpcode", CloseCode.ProtocolError, "5.2", "reserved opcode"],
    ["unmasked", CloseCode.ProtocolError, "5.1", "frame from a client is not masked"],
    ["masked", CloseCode.ProtocolError, "5.1", "frame from a server is masked"],
    ["controlFragmented", CloseCode.ProtocolError, "5.5", "fragmented control frame"],
    ["controlTooLong", CloseCode.ProtocolError, "5.5", "control frame over 125 bytes"],
    ["lengthNotMinimal", CloseCode.ProtocolError, "5.2", "length not in shortest form"],
    ["lengthSign", CloseCode.ProtocolError, "5.2", "most significant bit of length is set"],
    ["lengthTooLarge", CloseCode.MessageTooBig, "5.2", "length beyond 2^53 - 1"],
    ["strayContinuation", CloseCode.ProtocolError, "5.4", "no message to continue"],
    ["messageInterrupted", CloseCode.ProtocolError, "5.4", "message is not finished"],
    ["closeTooShort", CloseCode.ProtocolError, "5.5.1", "Close payload of one byte"],
    ["closeCode", CloseCode.ProtocolError, "7.4", "invalid close code"],
    ["closeReason", CloseCode.InvalidFramePayloadData, "5.5.1", "close reason is not UTF-8"],
    ["notUtf8", CloseCode.InvalidFramePayloadData, "8.1", "text message is not UTF-8"],
    ["messageTooBig", CloseCode.MessageTooBig, "7.4.1", "message too big"],
    ["badEncoding", CloseCode.InvalidFramePayloadData, "7.4.1", "message cannot be decoded"],
  ];
  return Object.fromEntries(
    rows.map(([rule, code, section, text]) => [rule, { rule, code, section, text }]),
  ) as Record<Rule, Violation>;
}
