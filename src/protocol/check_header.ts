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
  readonly rule: string;
  /** The close code the connection is failed with. */
  readonly code: CloseCode;
  /** Section of RFC 6455 that states the rule. */
  readonly section: string;
  /** What the peer is told as the close reason. */
  readonly text: string;
}

function rule(rule: string, code: CloseCode, section: string, text: string): Violation {
  return { rule, code, section, text };
}

const { ProtocolError, MessageTooBig, InvalidFramePayloadData } = CloseCode;

/** All violations by name. */
export const Violations = {
  reservedBits: rule("reservedBits", ProtocolError, "5.2", "reserved bits are set"),
  reservedOpcode: rule("reservedOpcode", ProtocolError, "5.2", "reserved opcode"),
  unmasked: rule("unmasked", ProtocolError, "5.1", "frame from a client is not masked"),
  masked: rule("masked", ProtocolError, "5.1", "frame from a server is masked"),
  controlFragmented: rule("controlFragmented", ProtocolError, "5.5", "fragmented control frame"),
  controlTooLong: rule("controlTooLong", ProtocolError, "5.5", "control frame over 125 bytes"),
  lengthNotMinimal: rule("lengthNotMinimal", ProtocolError, "5.2", "length not in shortest form"),
  lengthSign: rule("lengthSign", ProtocolError, "5.2", "most significant bit of length is set"),
  lengthTooLarge: rule("lengthTooLarge", MessageTooBig, "5.2", "length beyond 2^53 - 1"),
  strayContinuation: rule("strayContinuation", ProtocolError, "5.4", "no message to continue"),
  messageInterrupted: rule("messageInterrupted", ProtocolError, "5.4", "message is not finished"),
  closeTooShort: rule("closeTooShort", ProtocolError, "5.5.1", "Close payload of one byte"),
  closeCode: rule("closeCode", ProtocolError, "7.4", "invalid close code"),
  closeReason: rule("closeReason", InvalidFramePayloadData, "5.5.1", "close reason is not UTF-8"),
  notUtf8: rule("notUtf8", InvalidFramePayloadData, "8.1", "text message is not UTF-8"),
  messageTooBig: rule("messageTooBig", MessageTooBig, "7.4.1", "message too big"),
  badEncoding: rule("badEncoding", InvalidFramePayloadData, "7.4.1", "message cannot be decoded"),
} as const satisfies Record<string, Violation>;

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
