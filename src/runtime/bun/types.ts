/**
 * The part of Bun's TCP interface that the adapter uses, written out so that the library
 * type-checks without the types of Bun.
 *
 * @module
 */

/** One native socket of `Bun.listen` or `Bun.connect`. */
export interface BunSocket<State> {
  /** Any value; here the socket's transport. */
  data: State;
  /** Undefined for unix sockets and as soon as the socket is closed. */
  readonly remoteAddress: string | undefined;
  /** Undefined for unix sockets and as soon as the socket is closed. */
  readonly remotePort: number | undefined;
  /** Writes bytes. Returns how many the system took, or -1 if the socket cannot write. */
  write(bytes: Uint8Array, offset: number, length: number): number;
  /** Sends FIN, after close_notify under TLS. Reading goes on. */
  shutdown(): void;
  /** Closes with a reset. `close` is called before this returns. */
  terminate(): void;
  /** Closes. Output that the system has taken is still sent. Calls `close` before it returns. */
  close(): void;
  /** Stops reading. */
  pause(): void;
  /** Starts reading again. */
  resume(): void;
  /** The peer's certificate, after a TLS handshake. */
  getPeerCertificate(): { readonly raw?: Uint8Array } | null;
}

/** The callbacks of native sockets. One object serves any number of sockets. */
export interface BunSocketHandler<State> {
  /** Type of the chunks. Bun's default is `"buffer"`, whose `slice` does not copy. */
  readonly binaryType: "uint8array";
  /** TCP is connected; a TLS handshake follows. */
  open(socket: BunSocket<State>): void;
  /**
   * The TLS handshake has ended. On a client, `success` also means that the certificate is trusted.
   */
  handshake(socket: BunSocket<State>, success: boolean, error: Error | null): void;
  /** Bytes have arrived. The chunk has a buffer of its own. */
  data(socket: BunSocket<State>, chunk: Uint8Array): void;
  /** The system can take bytes again. */
  drain(socket: BunSocket<State>): void;
  /** The peer has sent FIN. It is not called if this side has sent FIN before. */
  end(socket: BunSocket<State>): void;
  /** Both directions are closed. */
  close(socket: BunSocket<State>, error?: Error): void;
  /** Another callback of this object has thrown. */
  error(socket: BunSocket<State>, error: Error): void;
  /** No connection was made; `Bun.connect` rejects as well. */
  connectError?(socket: BunSocket<State>, error: Error): void;
}

/** TLS options of a native socket. Certificates and keys are PEM. */
export interface BunTls {
  ca?: string | string[] | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  serverName?: string | undefined;
  rejectUnauthorized?: boolean;
  /**
   * The protocols in wire format (RFC 7301 section 3.1): the length of each name, then the name.
   */
  ALPNProtocols?: ArrayBuffer;
}

/** Options of both `Bun.listen` and `Bun.connect`. */
export interface BunSocketOptions<State> {
  socket: BunSocketHandler<State>;
  /** The first value of the sockets' `data`. */
  data?: State;
  /** Keeps our direction open after the peer's FIN. */
  allowHalfOpen: true;
  tls?: BunTls;
}

/** An address in Bun's form. */
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
  /** Stops accepting. Open sockets stay open. */
  stop(): void;
}

/** The global `Bun`. */
export interface BunSockets {
  /** SHA-1 of a text. */
  readonly SHA1: { hash(text: string, encoding: "base64"): string };
  listen<State>(options: BunListenOptions<State>): BunSocketListener;
  connect<State>(options: BunConnectOptions<State>): Promise<BunSocket<State>>;
}
