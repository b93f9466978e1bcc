/**
 * What the mount on `Bun.serve` uses of it, so that neither it nor its users need Bun's types.
 *
 * @module
 */
import type { Address } from "../../message.ts";
import type { HeadersSource } from "../../handshake/head.ts";

/** What a mount keeps with each WebSocket. */
export interface BunWebSocketData {
  /** The other end. */
  readonly remoteAddress: Address | null;
}

/** The server that `Bun.serve` gives its `fetch`. */
export interface BunHttpServer<State> {
  /** Makes the request a WebSocket, which `open` is told of before this returns. */
  upgrade(request: Request, options: { data: State; headers?: HeadersSource }): boolean;
  /** The other end. */
  requestIP(request: Request): { readonly address: string; readonly port: number } | null;
}

/** A WebSocket of `Bun.serve`. */
export interface BunServerWebSocket<State> {
  /** What `upgrade` was given. */
  readonly data: State;
  /** 1 while open. */
  readonly readyState: number;
  /** Set to `"uint8array"`. */
  binaryType?: string;
  /** Sends; gives the bytes sent, -1 when they wait, 0 when they were dropped. */
  send(message: string | Uint8Array, compress?: boolean): number;
  /** Sends a ping. */
  ping(payload: Uint8Array): number;
  /** Sends a pong. */
  pong(payload: Uint8Array): number;
  /** Sends Close, and calls `close` before it returns. */
  close(code?: number, reason?: string): void;
  /** Drops the transport, and calls `close` before it returns. */
  terminate(): void;
  /** Bytes that wait. */
  getBufferedAmount(): number;
}

/** The value for `websocket` of `Bun.serve`. */
export interface BunWebSocketHandler<State> {
  /** Bytes of a message. */
  readonly maxPayloadLength: number;
  /** Bytes that may wait before Bun drops messages. */
  readonly backpressureLimit: number;
  /** Seconds of silence before Bun ends the connection. */
  readonly idleTimeout: number;
  /** Whether Bun pings after half of that. */
  readonly sendPings: boolean;
  /** Whether Bun agrees to compress. */
  readonly perMessageDeflate: boolean;
  /** The WebSocket is there. */
  open(socket: BunServerWebSocket<State>): void;
  /** A message came. */
  message(socket: BunServerWebSocket<State>, message: string | Uint8Array): void;
  /** Some of what waited has left. */
  drain(socket: BunServerWebSocket<State>): void;
  /** The end, with 1006 for a lost transport. */
  close(socket: BunServerWebSocket<State>, code: number, reason: string): void;
  /** A ping came, and is answered. */
  ping(socket: BunServerWebSocket<State>, payload: Uint8Array): void;
  /** A pong came. */
  pong(socket: BunServerWebSocket<State>, payload: Uint8Array): void;
}
