/**
 * The part of Bun's TCP interface that the adapter uses, so that the library needs no
 * types of Bun and type-checks on every runtime.
 *
 * @module
 */

/** One native socket, as `Bun.listen` and `Bun.connect` give it. */
export interface BunSocket<State> {
  /** Ours to use: whatever belongs to this socket. */
  data: State;
  /** Undefined for unix sockets and as soon as the socket is closed. */
  readonly remoteAddress: string | undefined;
  /** Undefined for unix sockets and as soon as the socket is closed. */
  readonly remotePort: number | undefined;
  /** Gives bytes to the system; returns how many it took, or -1 on a socket that cannot write. */
  write(bytes: Uint8Array, offset: number, length: number): number;
  /** Sends FIN (under TLS close_notify too) and reads on. */
  shutdown(): void;
  /** Closes with a reset. Calls `close` before it returns. */
  terminate(): void;
  /** Stops reading. */
  pause(): void;
  /** Reads on. */
  resume(): void;
  /** The peer's certificate, after a TLS handshake. */
  getPeerCertificate(): { readonly raw?: Uint8Array } | null;
}

/** What a native socket calls. One object serves any number of sockets. */
export interface BunSocketHandler<State> {
  /** Type of the chunks; `"buffer"` by default, whose `slice` does not copy. */
  readonly binaryType: "uint8array";
  /** TCP is there; a TLS handshake comes after it. */
  open(socket: BunSocket<State>): void;
  /** The TLS handshake is over. On a client `success` includes that the certificate is trusted. */
  handshake(socket: BunSocket<State>, success: boolean, error: Error | null): void;
  /** Bytes arrived. The chunk is fresh and no part of a larger buffer. */
  data(socket: BunSocket<State>, chunk: Uint8Array): void;
  /** The system can take bytes again. */
  drain(socket: BunSocket<State>): void;
  /** The peer sent FIN. Not called once this side has sent its own. */
  end(socket: BunSocket<State>): void;
  /** Both directions are gone. */
  close(socket: BunSocket<State>, error?: Error): void;
  /** Another function of this object threw. */
  error(socket: BunSocket<State>, error: Error): void;
  /** No connection could be made; `Bun.connect` rejects as well. */
  connectError?(socket: BunSocket<State>, error: Error): void;
}

/** Certificates of a native socket, PEM. */
export interface BunTls {
  ca?: string | string[] | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  serverName?: string | undefined;
  rejectUnauthorized?: boolean;
  /** As it goes over the wire (RFC 7301 section 3.1): each name after its length. */
  ALPNProtocols?: ArrayBuffer;
}

/** Options that listening and dialing share. */
export interface BunSocketOptions<State> {
  socket: BunSocketHandler<State>;
  /** The first `data` of the sockets. */
  data?: State;
  /** FIN of the peer leaves our direction open. */
  allowHalfOpen: true;
  tls?: BunTls;
}

/** An address, as Bun writes it. */
type BunAddress = { hostname: string; port: number } | { unix: string };

/** Options of `Bun.listen`. */
export type BunListenOptions<State> = BunSocketOptions<State> & BunAddress & {
  reusePort?: boolean;
};

/** Options of `Bun.connect`. */
export type BunConnectOptions<State> = BunSocketOptions<State> & BunAddress & {
  localAddress?: string;
};

/** A listening native socket. */
export interface BunSocketListener {
  readonly hostname: string;
  readonly port: number;
  /** Stops accepting; open sockets stay. */
  stop(): void;
}

/** The global `Bun`. */
export interface BunSockets {
  listen<State>(options: BunListenOptions<State>): BunSocketListener;
  connect<State>(options: BunConnectOptions<State>): Promise<BunSocket<State>>;
}
