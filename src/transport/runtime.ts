/**
 * What a runtime must offer: to listen, to share a port with HTTP, and to connect. Each
 * folder of `runtime/` implements {@linkcode Runtime} and nothing else of the library.
 *
 * @module
 */
import type { RequestHead } from "../handshake/head.ts";
import type { Address } from "../message.ts";
import type { Transport, TransportSink } from "./transport.ts";

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
