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
  /** The document and section that state the rule, as "RFC 6455 5.2". */
  readonly section: string;
  /** The close reason that the peer is sent. */
  readonly text: string;
  /** Bytes of a message that is too big: those of its earlier frames and the length of its last. */
  readonly size?: number;
}

/**
 * How reading continues after some payload: `"more"` continues, `"stop"` stops because the sink
 * wants no more for now or the codec is still working, and a violation fails the connection. Within
 * noise the strings are as fast as booleans on Node, Bun and Deno.
 */
export type Verdict = "more" | "stop" | Violation;

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

/**
 * All violations by name. The call is marked pure, so that a bundler drops the table from a
 * browser's client, which decodes no frames.
 */
export const Violations: Readonly<Record<Rule, Violation>> = /* @__PURE__ */ makeViolations();

/** Makes the violation of a message with at least this many bytes. */
export function messageTooBig(size: number): Violation {
  return { ...Violations.messageTooBig, size };
}

function makeViolations(): Readonly<Record<Rule, Violation>> {
  const rows: readonly (readonly [Rule, CloseCode, section: string, text: string])[] = [
    ["reservedBits", CloseCode.ProtocolError, "RFC 6455 5.2", "reserved bits are set"],
    ["reservedOpcode", CloseCode.ProtocolError, "RFC 6455 5.2", "reserved opcode"],
    ["unmasked", CloseCode.ProtocolError, "RFC 6455 5.1", "frame from a client is not masked"],
    ["masked", CloseCode.ProtocolError, "RFC 6455 5.1", "frame from a server is masked"],
    ["controlFragmented", CloseCode.ProtocolError, "RFC 6455 5.5", "fragmented control frame"],
    ["controlTooLong", CloseCode.ProtocolError, "RFC 6455 5.5", "control frame over 125 bytes"],
    ["lengthNotMinimal", CloseCode.ProtocolError, "RFC 6455 5.2", "length not in shortest form"],
    [
      "lengthSign",
      CloseCode.ProtocolError,
      "RFC 6455 5.2",
      "most significant bit of length is set",
    ],
    ["lengthTooLarge", CloseCode.MessageTooBig, "RFC 6455 5.2", "length beyond 2^53 - 1"],
    ["strayContinuation", CloseCode.ProtocolError, "RFC 6455 5.4", "no message to continue"],
    ["messageInterrupted", CloseCode.ProtocolError, "RFC 6455 5.4", "message is not finished"],
    ["closeTooShort", CloseCode.ProtocolError, "RFC 6455 5.5.1", "Close payload of one byte"],
    ["closeCode", CloseCode.ProtocolError, "RFC 6455 7.4", "invalid close code"],
    [
      "closeReason",
      CloseCode.InvalidFramePayloadData,
      "RFC 6455 5.5.1",
      "close reason is not UTF-8",
    ],
    ["notUtf8", CloseCode.InvalidFramePayloadData, "RFC 6455 8.1", "text message is not UTF-8"],
    ["messageTooBig", CloseCode.MessageTooBig, "RFC 6455 7.4.1", "message too big"],
    [
      "badEncoding",
      CloseCode.InvalidFramePayloadData,
      "RFC 6455 7.4.1",
      "message cannot be decoded",
    ],
  ];
  return Object.fromEntries(
    rows.map(([rule, code, section, text]) => [rule, { rule, code, section, text }]),
  ) as Record<Rule, Violation>;
}
