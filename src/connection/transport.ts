/**
 * The byte pipe under a connection, and what a runtime must offer to make one. Every
 * adapter in `runtime/` implements these interfaces and nothing else of the library.
 *
 * @module
 */

import type { RequestHead } from "../handshake/head.ts";

/** Where an endpoint of a transport is. */
export type Address =
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly transport: "unix"; readonly path: string };

/** Who is told what happens on a {@linkcode Transport}. None of these may throw. */
export interface TransportSink {
  /**
   * Bytes arrived. The chunk belongs to the sink, which may write into it; it is never empty.
   * Returns `true` when nobody refers to it any more, so that its memory may be used again.
   */
  onChunk(chunk: Uint8Array): boolean | void;
  /**
   * Where the next bytes are best read to, for a transport that reads to where it likes: what
   * `onChunk` is then given is the beginning of it. `null` when any place is as good.
   */
  readonly space?: Uint8Array | null;
  /** The peer ended its side (FIN). No chunk follows; writing is still possible. */
  onEnd(): void;
  /** `bufferedAmount` is 0 again after a `write` left more than {@linkcode HIGH_WATER_BYTES}. */
  onDrain(): void;
  /** The transport is gone in both directions. Called once and last; `cause` tells of a failure. */
  onClose(cause?: unknown): void;
}

/**
 * Above this many bytes not yet given to the system a transport owes its sink an
 * `onDrain`. 64 KiB: what Node's and Deno's sockets use, and enough to keep a fast link busy.
 */
export const HIGH_WATER_BYTES: number = 64 * 1024;

/**
 * A reliable, ordered byte pipe: one TCP, TLS or unix connection, or anything like it.
 * No method calls the sink before it returns: events come in turns of their own.
 */
export interface Transport {
  /** Receiver of the events; replaced when the opening handshake hands over to the connection. */
  sink: TransportSink;
  /** The other end, or `null` where the runtime does not tell. */
  readonly remoteAddress: Address | null;
  /** Bytes written and not yet given to the system. */
  readonly bufferedAmount: number;
  /**
   * Takes `bytes[start, end)` in order, at once and whole. Returns `true` when the buffer
   * may be reused on return; `false` when the transport refers to it until `bufferedAmount`
   * is 0, so that its owner must not write to it before. Does nothing (and returns `true`) once ended or closed.
   */
  write(bytes: Uint8Array, start: number, end: number): boolean;
  /** Stops reading, so that the peer is held back. Idempotent; no `onChunk` comes until `resume`. */
  pause(): void;
  /** Reads on. Idempotent. */
  resume(): void;
  /** Sends FIN after all that is buffered. Reading goes on. Idempotent. */
  end(): void;
  /** Drops the connection now, with a reset where the system can. `onClose` follows. Idempotent. */
  abort(): void;
}

/** TLS of a listener: PEM texts. */
export interface TlsServerOptions {
  /** Certificate chain, PEM. */
  cert: string;
  /** Private key, PEM. */
  key: string;
}

/** TLS of a client. */
export interface TlsClientOptions {
  /** Certificates to trust, PEM; replaces the system's own where the runtime can, else is added. */
  ca?: string | readonly string[];
  /** Client certificate chain, PEM, for servers that ask for one. */
  cert?: string;
  /** Private key of `cert`, PEM. */
  key?: string;
  /** Name expected in the server's certificate (SNI). Default: the host of the URL. */
  serverName?: string;
}

/** Where to listen. Means the same on every runtime. */
export interface ListenOptions {
  /** Name or address to bind. Default `"127.0.0.1"`: being reachable from outside is a decision. */
  hostname?: string;
  /** TCP port; 0 lets the system pick one. Default 0. */
  port?: number;
  /** Path of a unix socket, instead of `hostname` and `port`. */
  path?: string;
  /** Serves TLS (`wss:`) with this certificate. Default: plain. */
  tls?: TlsServerOptions;
  /** Lets several processes listen on one port (SO_REUSEPORT). Default `false`. */
  reusePort?: boolean;
}

/** Where to connect to. */
export type DialOptions =
  & {
    /** Starts TLS when given. */
    tls?: TlsClientOptions;
    /** Gives up and rejects with the signal's reason. */
    signal?: AbortSignal;
  }
  & ({ hostname: string; port: number; path?: undefined } | { path: string });

/** Something that accepts transports. */
export interface Listener {
  /** What it is bound to, with the port the system picked. */
  readonly address: Address;
  /** Stops accepting; open transports stay. Resolves when the port (or path) is free again. */
  close(): Promise<void>;
}

/** What an HTTP server hands over. */
export interface HttpSink {
  /** An ordinary request. */
  fetch(request: Request): Response | Promise<Response>;
  /** A request that asks for an upgrade; `rest` are bytes that followed its head. Sets `transport.sink`. */
  upgrade(head: RequestHead, transport: Transport, rest: Uint8Array): void;
}

/** All that the library asks of a runtime. */
export interface Runtime {
  /** For error messages. */
  readonly name: "node" | "deno" | "bun";
  /** Listens on the runtime's own TCP. `accept` sets `transport.sink` before it returns. */
  listen(options: ListenOptions, accept: (transport: Transport) => void): Promise<Listener>;
  /** Listens with an HTTP server that shares its port with upgrades. */
  listenHttp(options: ListenOptions, sink: HttpSink): Promise<Listener>;
  /** Connects; `sink` is told of everything from the first byte. Rejects when no connection can be made. */
  dial(options: DialOptions, sink: TransportSink): Promise<Transport>;
}
