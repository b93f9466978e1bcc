/**
 * Every rule about a single frame's header, each with a name and its section. The check
 * runs before any payload is read, so that nothing forbidden is ever stored.
 *
 * @module
 */
import type { Role } from "./role.ts";
import type { FrameHeader } from "./frame_header.ts";
import { type Violation, Violations } from "./violations.ts";

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
