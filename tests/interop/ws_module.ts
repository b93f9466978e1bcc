/**
 * The part of npm's `ws` that is used here. It is no dependency: the task that runs the
 * interop tests installs it into `.cache/interop`.
 *
 * @module
 */
import type { IncomingMessage, Server } from "node:http";
import { createRequire } from "node:module";

/** A WebSocket of `ws`, beyond the WHATWG interface. */
export interface WsSocket extends WebSocket {
  on(event: "message", listener: (data: Uint8Array, isBinary: boolean) => void): void;
  on(event: "close", listener: (code: number, reason: Uint8Array) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  once(event: "pong", listener: () => void): void;
  send(message: string | Uint8Array, options?: { binary?: boolean; fin?: boolean }): void;
  ping(payload?: string): void;
}

/** How `ws` compresses. */
export interface DeflateSettings {
  readonly threshold?: number;
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientMaxWindowBits?: number;
}

interface WsModule {
  readonly WebSocket: new (
    url: string,
    protocols: string[],
    options: { ca?: string; perMessageDeflate?: boolean | DeflateSettings },
  ) => WsSocket;
  readonly WebSocketServer: new (options: {
    server: Server;
    handleProtocols?: (protocols: Set<string>) => string | false;
    maxPayload?: number;
    perMessageDeflate?: boolean | DeflateSettings;
  }) => {
    on(event: "connection", listener: (socket: WsSocket, request: IncomingMessage) => void): void;
  };
}

const require = createRequire(new URL("../../.cache/interop/ws/index.js", import.meta.url));
/** npm's `ws`. */
export const { WebSocket: WsWebSocket, WebSocketServer }: WsModule = require("ws");
