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
  subscribe(topic: string): void;
}

/** A server of Bun. */
export interface BunServer {
  readonly port: number;
  upgrade(request: Request, options?: unknown): boolean;
  publish(topic: string, message: string | Uint8Array): number;
  requestIP(request: Request): { address: string; port: number; family: string } | null;
}

/** A TCP socket of Bun's client. */
export interface BunClientSocket {
  write(bytes: Uint8Array): number;
}

/** A certificate chain and its key, as PEM. */
export interface BunTls {
  readonly cert: string;
  readonly key: string;
}

/** The part of the global `Bun` that is used here. */
export interface BunGlobal {
  listen(options: {
    hostname: string;
    port: number;
    tls?: BunTls | undefined;
    data: { rest: Uint8Array[] };
    socket: {
      open(socket: BunSocket): void;
      data(socket: BunSocket, chunk: Uint8Array): void;
      drain(socket: BunSocket): void;
    };
  }): { readonly port: number };
  connect(options: {
    hostname: string;
    port: number;
    socket: {
      open(socket: BunClientSocket): void;
      data(socket: BunClientSocket, chunk: Uint8Array): void;
      drain(socket: BunClientSocket): void;
      close(socket: BunClientSocket): void;
      error(socket: BunClientSocket, error: Error): void;
      connectError(socket: BunClientSocket, error: Error): void;
    };
  }): Promise<unknown>;
  serve(options: {
    hostname: string;
    port: number;
    tls?: BunTls | undefined;
    fetch(request: Request, server: BunServer): unknown;
    websocket: unknown;
  }): BunServer;
}

/** The global of Bun. */
export const bun: BunGlobal = (globalThis as unknown as { Bun: BunGlobal }).Bun;
