/**
 * Checks a frame's header. This runs before any payload is read, so that the payload of a
 * forbidden frame is never stored.
 *
 * @module
 */
import type { Role } from "./role.ts";
import type { FrameHeader } from "./frame_header.ts";
import { type Violation, Violations } from "./violations.ts";

/** The facts about a connection that decide which headers are allowed. */
export interface FrameContext {
  /** Our own role: a server accepts masked frames only, a client unmasked ones (section 5.1). */
  readonly role: Role;
  /** Whether a fragmented message is in progress. */
  readonly isMessageOpen: boolean;
  /** RSV bits that an extension uses on the first frame of a message; bit 4 is RSV1. */
  readonly extensionBits: number;
}

/**
 * Checks one header against RFC 6455 sections 5.1, 5.2, 5.4 and 5.5. Returns the rule that it
 * breaks, or `null`.
 */
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
