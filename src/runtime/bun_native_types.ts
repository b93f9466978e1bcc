/**
 * What the mount on `Bun.serve` uses of it, so that neither it nor its users need Bun's types.
 *
 * @module
 */

/** The server that `Bun.serve` gives its `fetch`. */
export interface BunHttpServer<State> {
  /** Makes the request a WebSocket, which `open` is told of before this returns. */
  upgrade(request: Request, options: { data: State; headers?: HeadersInit }): boolean;
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
  ping(payload: Uint8Array): number;
  pong(payload: Uint8Array): number;
  /** Sends Close, and calls `close` before it returns. */
  close(code?: number, reason?: string): void;
  terminate(): void;
  getBufferedAmount(): number;
}

/** The value for `websocket` of `Bun.serve`. */
export interface BunWebSocketHandler<State> {
  readonly maxPayloadLength: number;
  readonly backpressureLimit: number;
  readonly idleTimeout: number;
  readonly sendPings: boolean;
  readonly perMessageDeflate: boolean;
  open(socket: BunServerWebSocket<State>): void;
  message(socket: BunServerWebSocket<State>, message: string | Uint8Array): void;
  drain(socket: BunServerWebSocket<State>): void;
  close(socket: BunServerWebSocket<State>, code: number, reason: string): void;
  ping(socket: BunServerWebSocket<State>, payload: Uint8Array): void;
  pong(socket: BunServerWebSocket<State>, payload: Uint8Array): void;
}
