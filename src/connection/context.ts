/**
 * The context and the handshake that a server or client gives to a connection.
 *
 * @module
 */
import type { ReadOptions, SendOptions, WebSocketConnection } from "../handler.ts";
import type { Address } from "../message.ts";
import type { Clock } from "../clock.ts";
import type { KeepaliveWatch } from "./framing.ts";
import type { MessageLimits } from "./limits.ts";
import type { Wire } from "./wire.ts";

/** Shared by all connections of one server (or one client call). */
export interface ConnectionContext {
  readonly platform: { readonly clock: Clock };
  readonly limits: MessageLimits;
  readonly keepalive: KeepaliveWatch;
  /** Missing in a browser, to keep its client small. */
  readonly checks?: CallChecks;
  /** Called with errors that the application's code threw. */
  onError(error: unknown, connection: WebSocketConnection): void;
  /** Called when the connection is open, before any code of the handler runs. */
  onOpen?(connection: WebSocketConnection, wire: Wire): void;
  /** Called when the connection is `CLOSED`. */
  onClosed?(connection: WebSocketConnection): void;
  /** Called when the connection is closed and all promises of the handler have settled. */
  onFinished?(connection: WebSocketConnection): void;
}

/** Checks of the options of single calls. Each throws an error that names the option. */
export interface CallChecks {
  send(options: SendOptions): void;
  read(options: ReadOptions): void;
}

/** The result of the opening handshake. */
export interface Handshake {
  /** The subprotocol, or `""`. */
  readonly protocol: string;
  /** The value of Sec-WebSocket-Extensions in the response, or `""`. */
  readonly extensions: string;
  /** The request. It may be made when it is first read. */
  readonly request: Request;
  /** The version of HTTP; `null` where the platform does not report it. Absent means 1.1. */
  readonly httpVersion?: "1.1" | "2" | null;
  /** The value that was passed to the upgrade. */
  readonly context?: unknown;
  /**
   * The peer's address as reported by a trusted proxy. Absent if the other end of the transport is
   * the peer.
   */
  readonly remoteAddress?: Address | undefined;
}

/** The default of `onError`: a line on the console, so that no error is lost in silence. */
export function reportOnConsole(error: unknown): void {
  console.error("WebSocket handler:", error);
}
