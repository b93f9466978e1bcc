/**
 * Options of `send`.
 *
 * @module
 */
import type { Role } from "../protocol/role.ts";
import { notSupported } from "./not_supported.ts";

/** Options of sending one message. */
export interface SendOptions {
  /**
   * Whether the message is binary. @default `undefined`: a string is sent as text, any other value
   * as binary
   */
  binary?: boolean;
  /** Whether the message may be compressed, if compression was agreed on. @default `true` */
  compress?: boolean;
  /** `false` sends a fragment: the next `send` continues the message. @default `true` */
  fin?: boolean;
  /**
   * Whether the frame is masked. Only `true` is possible for clients, and `false` for servers (RFC
   * 6455 section 5.1).
   */
  mask?: boolean;
}

/** Throws if the role does not allow this value of `mask`. */
export function checkMask(mask: boolean | undefined, role: Role): void {
  if (mask === undefined || mask === (role === "client")) return;
  throw notSupported(`mask: ${mask} on a ${role}`, "leave it out");
}
