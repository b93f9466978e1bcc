/**
 * Options that all framed connections of one server (or of one client call) share.
 *
 * @module
 */
import type { ConnectionContext } from "../connection/context.ts";
import type { Platform } from "./platform.ts";
import type { Role } from "../protocol/role.ts";

/** The context of connections over frames of our own. */
export interface FramedContext extends ConnectionContext {
  /** Our side of the connections. */
  readonly role: Role;
  readonly platform: Platform;
}
