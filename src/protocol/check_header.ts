/**
 * Every rule about a single frame's header, each with a name and its section. The check
 * runs before any payload is read, so that nothing forbidden is ever stored.
 *
 * @module
 */
import type { Role } from "./role.ts";
import { CloseCode } from "./close_code.ts";
import type { FrameHeader } from "./frame_header.ts";

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

/** What the state of the protocol lets a frame be. */
export interface FrameContext {
  /** Our own role: a server takes masked frames only, a client unmasked ones. */
  readonly role: Role;
  /** Whether a fragmented message is in progress. */
  readonly isMessageOpen: boolean;
  /** Bits of RSV that an extension gave a meaning on the first frame of a message (bit 4 is RSV1). */
  readonly extensionBits: number;
}

/** Checks one header; `null` when it is allowed. */
export function checkFrameHeader(header: FrameHeader, context: FrameContext): Violation | null {
  const { opcode } = header;
  if (header.masked !== (context.role === "server")) {
    return header.masked ? Violations.masked : Violations.unmasked;
  }
  if (header.rsv !== 0) {
    const allowed = opcode === 1 || opcode === 2 ? context.extensionBits : 0;
    if ((header.rsv & ~allowed) !== 0) return Violations.reservedBits;
  }
  if (opcode >= 8) {
    if (opcode > 10) return Violations.reservedOpcode;
    if (!header.fin) return Violations.controlFragmented;
    if (header.payloadLength > 125) return Violations.controlTooLong;
    return header.lengthBytes === 0 ? null : Violations.lengthNotMinimal;
  }
  if (opcode > 2) return Violations.reservedOpcode;
  if ((opcode === 0) !== context.isMessageOpen) {
    return opcode === 0 ? Violations.strayContinuation : Violations.messageInterrupted;
  }
  return header.lengthBytes === 0 ? null : checkExtendedLength(header);
}

function checkExtendedLength({ payloadLength, lengthBytes }: FrameHeader): Violation | null {
  if (payloadLength === Infinity) return Violations.lengthSign;
  if (payloadLength > Number.MAX_SAFE_INTEGER) return Violations.lengthTooLarge;
  const shortest = lengthBytes === 2 ? 126 : 0x1_0000;
  return payloadLength < shortest ? Violations.lengthNotMinimal : null;
}
