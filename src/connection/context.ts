/**
 * What a connection is given by the server or client that made it.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { Clock } from "./clock.ts";
import type { Keepalive } from "./keepalive.ts";
import type { ResolvedLimits } from "./limits.ts";
import type { Platform } from "./platform.ts";
import type { Role } from "../protocol/role.ts";

/** Shared by all connections of one server (or one client call). */
export interface ConnectionContext {
  readonly platform: { readonly clock: Clock };
  readonly limits: ResolvedLimits;
  readonly keepalive: Pick<Keepalive, "add" | "delete" | "makePings">;
  /** Takes what user code threw. */
  onError(error: unknown, connection: WebSocketConnection): void;
  /** Told before any code of the handler runs, for those who count connections. */
  onOpen?(connection: WebSocketConnection): void;
  /** Told when the connection is over. */
  onOver?(connection: WebSocketConnection): void;
}

/** The same where connections stand on transports of ours. */
export interface TransportContext extends ConnectionContext {
  /** Our side of the connections. */
  readonly role: Role;
  readonly platform: Platform;
}

/** What the opening handshake has agreed on. */
export interface Handshake {
  /** The subprotocol, or `""`. */
  readonly protocol: string;
  /** The value of Sec-WebSocket-Extensions in the response, or `""`. */
  readonly extensions: string;
  /** The request; may be made when first asked for. */
  readonly request: Request;
}

/** The default of `onError`: an error nobody sees is worse than a line on the console. */
export function reportOnConsole(error: unknown): void {
  console.error("WebSocket handler:", error);
}
