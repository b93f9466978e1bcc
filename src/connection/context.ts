/**
 * What a connection is given by the server or client that made it.
 *
 * @module
 */
import type { WebSocketConnection } from "../handler.ts";
import type { Clock } from "../clock.ts";
import type { KeepaliveWatch } from "./framing.ts";
import type { ResolvedLimits } from "./limits.ts";

/** Shared by all connections of one server (or one client call). */
export interface ConnectionContext {
  readonly platform: { readonly clock: Clock };
  readonly limits: ResolvedLimits;
  readonly keepalive: KeepaliveWatch;
  /** Takes what user code threw. */
  onError(error: unknown, connection: WebSocketConnection): void;
  /** Told before any code of the handler runs, for those who count connections. */
  onOpen?(connection: WebSocketConnection): void;
  /** Told when the connection is over. */
  onOver?(connection: WebSocketConnection): void;
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
