/**
 * The npm packages that the benchmark compares with. They are no dependency: the task
 * installs them into `.cache/bench`, and these are the parts of them that are used.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";

const FOLDER = new URL("../../../.cache/bench/npm/", import.meta.url);

/** A WebSocket of `ws`. */
export interface WsSocket {
  binaryType: string;
  on(event: "pong", listener: () => void): void;
  on(event: "open", listener: () => void): void;
  on(event: "message", listener: (data: Uint8Array, isBinary: boolean) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  send(message: string | Uint8Array, options?: { binary?: boolean }): void;
  ping(): void;
  terminate(): void;
  close(): void;
}

interface WsModule {
  readonly WebSocket: new (url: string, options?: unknown) => WsSocket;
  readonly WebSocketServer: new (options: unknown) => {
    on(event: "connection", listener: (socket: WsSocket) => void): void;
    on(event: "listening", listener: () => void): void;
    address(): { port: number };
    readonly clients: ReadonlySet<WsSocket>;
  };
}

/** npm's `ws`, with `bufferutil` unless the environment has `WS_NO_BUFFER_UTIL`. */
export function requireWs(): WsModule {
  return createRequire(new URL("index.js", FOLDER))("ws");
}

/** A WebSocket of `crossws`. */
export interface CrosswsPeer {
  send(message: unknown): void;
}

/** The result of an adapter of `crossws`, on the runtime it is for. */
export interface Crossws {
  readonly websocket: unknown;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void;
  handleUpgrade(request: Request, info: unknown): Promise<Response | undefined>;
}

/** npm's `crossws`, by the name of its adapter. */
export async function importCrossws(adapter: "node" | "deno" | "bun"): Promise<
  (options: {
    hooks: {
      message(peer: CrosswsPeer, message: { readonly rawData: unknown }): void;
      error(): void;
    };
  }) => Crossws
> {
  const file = new URL(`node_modules/crossws/dist/adapters/${adapter}.mjs`, FOLDER);
  return (await import(file.href)).default;
}
