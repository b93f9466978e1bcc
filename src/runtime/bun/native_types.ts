/**
 * The part of `Bun.serve` that the mount uses, written out so that neither the package's
 * declarations nor its users need the types of Bun.
 *
 * @module
 */
import type { Address } from "../../message.ts";
import type { HeadersSource } from "../../handshake/head.ts";

/** The mount's data of one WebSocket. */
export interface BunWebSocketData {
  /** Address of the peer. */
  readonly remoteAddress: Address | null;
}

/** The second argument of `fetch` in `Bun.serve`. */
export interface BunHttpServer<State> {
  /** Makes the request a WebSocket. `open` is called before this returns. */
  upgrade(request: Request, options: { data: State; headers?: HeadersSource }): boolean;
  /** The other end. */
  requestIP(request: Request): { readonly address: string; readonly port: number } | null;
}

/** A WebSocket of `Bun.serve`. */
export interface BunServerWebSocket<State> {
  /** The `data` that was passed to `upgrade`. */
  readonly data: State;
  /** 1 while open. */
  readonly readyState: number;
  /** The type of binary messages; the mount sets it to `"uint8array"`. */
  binaryType?: string;
  /** Sends a message. Returns the bytes sent, -1 if they wait, or 0 if they were dropped. */
  send(message: string | Uint8Array, compress?: boolean): number;
  /** Calls the function. What it sends leaves in one write. */
  cork(callback: (socket: BunServerWebSocket<State>) => void): void;
  /** Sends a ping. */
  ping(payload: Uint8Array): number;
  /** Sends a pong. */
  pong(payload: Uint8Array): number;
  /** Sends Close, and calls `close` before it returns. */
  close(code?: number, reason?: string): void;
  /** Drops the transport, and calls `close` before it returns. */
  terminate(): void;
  /** Bytes that wait to be sent. */
  getBufferedAmount(): number;
}

/** The value for `websocket` of `Bun.serve`. */
export interface BunWebSocketHandler<State> {
  /** Largest message that Bun accepts, in bytes. */
  readonly maxPayloadLength: number;
  /** Bytes that may wait to be sent before Bun drops messages. */
  readonly backpressureLimit: number;
  /** Seconds of silence before Bun ends the connection. */
  readonly idleTimeout: number;
  /** Whether Bun sends a ping after half of `idleTimeout`. */
  readonly sendPings: boolean;
  /** Whether Bun accepts permessage-deflate. */
  readonly perMessageDeflate: boolean;
  /** The WebSocket is open. */
  open(socket: BunServerWebSocket<State>): void;
  /** A message arrived. */
  message(socket: BunServerWebSocket<State>, message: string | Uint8Array): void;
  /** Bytes that waited have been sent. */
  drain(socket: BunServerWebSocket<State>): void;
  /** The WebSocket is closed; the code is 1006 if the transport was lost. */
  close(socket: BunServerWebSocket<State>, code: number, reason: string): void;
  /** A ping arrived, and Bun has answered it. */
  ping(socket: BunServerWebSocket<State>, payload: Uint8Array): void;
  /** A pong arrived. */
  pong(socket: BunServerWebSocket<State>, payload: Uint8Array): void;
}
