/**
 * Options of `send`.
 *
 * @module
 */
import type { Role } from "../protocol/role.ts";
import { notSupported } from "./not_supported.ts";

/** How one message is sent. */
export interface SendOptions {
  /** Whether it is binary. @default by its type: a string is a text, all else is binary */
  binary?: boolean;
  /** Whether it may be compressed, where that was agreed on. @default `true` */
  compress?: boolean;
  /** `false` sends a fragment: the next `send` continues the message. @default `true` */
  fin?: boolean;
  /** Clients mask and servers do not (RFC 6455 section 5.1); nothing else is possible. */
  mask?: boolean;
}

/** Throws for a mask that the role does not have. */
export function checkMask(mask: boolean | undefined, role: Role): void {
  if (mask === undefined || mask === (role === "client")) return;
  throw notSupported(`mask: ${mask} on a ${role}`, "leave it out");
}
