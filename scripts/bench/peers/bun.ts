/**
 * The parts of Bun that the peers use. Its types are no dependency of this repository.
 *
 * @module
 */

/** A TCP socket of Bun. */
export interface BunSocket {
  data: { rest: Uint8Array[] };
  write(bytes: Uint8Array): number;
  end(): void;
}

/** A WebSocket of Bun's server. */
export interface BunWebSocket {
  send(message: string | Uint8Array, compress?: boolean): number;
}

/** A server of Bun. */
export interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
}

/** What is used of the global `Bun`. */
export interface BunGlobal {
  listen(options: {
    hostname: string;
    port: number;
    data: { rest: Uint8Array[] };
    socket: {
      open(socket: BunSocket): void;
      data(socket: BunSocket, chunk: Uint8Array): void;
      drain(socket: BunSocket): void;
    };
  }): { readonly port: number };
  serve(options: {
    hostname: string;
    port: number;
    fetch(request: Request, server: BunServer): unknown;
    websocket: unknown;
  }): BunServer;
}

/** The global of Bun. */
export const bun: BunGlobal = (globalThis as unknown as { Bun: BunGlobal }).Bun;
