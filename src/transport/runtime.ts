/**
 * The abilities of a runtime: to listen, to share a port with HTTP, and to connect. Each
 * folder of `runtime/` implements {@linkcode Runtime} and nothing else of the library.
 *
 * @module
 */
import type { HeaderList, RequestHead, ResponseHead } from "../handshake/head.ts";
import type { Address } from "../message.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** TLS settings of a listener, as PEM texts. */
export interface TlsServerOptions {
  /** Certificate chain, PEM. */
  cert: string;
  /** Private key, PEM. */
  key: string;
}

/** TLS settings of a client. Certificates and keys are PEM, as text or as bytes. */
export interface TlsClientOptions {
  /**
   * Certificates to trust. They replace the system's certificates; on runtimes that cannot replace
   * them they are added.
   */
  ca?: Pem | readonly Pem[];
  /** Certificate chain of the client, for servers that request one. */
  cert?: Pem;
  /** Private key of `cert`. */
  key?: Pem;
  /**
   * Name expected in the server's certificate (SNI).
   *
   * @default {the host of the URL}
   */
  serverName?: string;
  /**
   * Accepted public keys of the server, each as `sha256/` and the base64 of the SHA-256 of its
   * SubjectPublicKeyInfo (as RFC 7469 section 2.4 has it). The certificate is verified as well.
   * Deno does not expose certificates, and rejects this option with `ERR_NOT_SUPPORTED`.
   *
   * @default {any key}
   */
  pins?: readonly string[];
  /**
   * Application protocols to offer (ALPN, RFC 7301), for example `["http/1.1"]`.
   *
   * @default {none}
   */
  alpn?: readonly string[];
  /**
   * Accepts every certificate: expired, self-signed, or for another name. An attacker on the
   * network can then read and change all data, unless `pins` are set. It is for development only.
   * Deno rejects it with `ERR_NOT_SUPPORTED`.
   *
   * @default {false}
   */
  dangerouslyAcceptAnyCertificate?: boolean;
}

/** Certificates or a key in PEM (RFC 7468). */
export type Pem = string | Uint8Array;

/** TLS settings of one outgoing transport, in the form that runtimes take: PEM is text. */
export interface DialTls {
  ca?: string | readonly string[] | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  serverName?: string | undefined;
  pins?: readonly string[] | undefined;
  alpn?: readonly string[] | undefined;
  dangerouslyAcceptAnyCertificate?: boolean | undefined;
}

/** The plain transport to a proxy, while the tunnel is negotiated. */
export interface TunnelPipe {
  /** Reads the next bytes; `null` at the end. */
  read(): Promise<Uint8Array | null>;
  /** Sends bytes. */
  write(bytes: Uint8Array): Promise<void>;
}

/** A proxy to connect through. `hostname` and `port` of the dial options are those of the proxy. */
export interface Tunnel {
  /** Name of the server behind the proxy, to verify its certificate. */
  hostname: string;
  /** TLS settings for the connection to the proxy. */
  tls?: DialTls;
  /** Asks the proxy to open the tunnel. Afterwards the pipe is the transport to the server. */
  open(pipe: TunnelPipe): Promise<void>;
}

/** Where to listen. The options have the same meaning on every runtime. */
export interface ListenOptions {
  /**
   * Name or address to bind.
   *
   * @default {"127.0.0.1"} A server is reachable from other machines only if it asks for it.
   */
  hostname?: string;
  /**
   * TCP port; 0 lets the system pick one.
   *
   * @default {0}
   */
  port?: number;
  /** Path of a unix socket, instead of `hostname` and `port`. */
  path?: string;
  /**
   * Serves TLS (`wss:`) with this certificate.
   *
   * @default {no TLS}
   */
  tls?: TlsServerOptions;
  /**
   * Lets several processes listen on one port (SO_REUSEPORT).
   *
   * @default {false}
   */
  reusePort?: boolean;
}

/** Settings of an outgoing connection. */
export interface DialSettings {
  /** Starts TLS with these settings; through a tunnel, TLS with the server behind it. */
  tls?: DialTls;
  /** Aborts the attempt, which rejects with the signal's reason. */
  signal?: AbortSignal;
  /** The proxy to connect through. */
  tunnel?: Tunnel;
  /** Local address to connect from. */
  localAddress?: string;
  /** Called when TCP is connected. TLS may still fail. */
  onConnect?: () => void;
}

/**
 * The target of an outgoing connection. `address` is the resolved address of `hostname`, if it is
 * known.
 */
export type DialOptions =
  & DialSettings
  & (
    | { hostname: string; port: number; address?: string; path?: undefined }
    | { path: string }
  );

/**
 * Limits of a listener. They apply to TLS handshakes, which begin before there is a transport, and
 * to the heads that an HTTP server reads, because each may become an opening handshake.
 */
export interface HandshakeLimits {
  /**
   * Milliseconds for a TLS handshake, for a head, and for a pause within a body.
   *
   * @default {10000}
   */
  readonly handshakeTimeoutMs?: number;
  /**
   * Most pending handshakes and sockets without a request. Beyond this number the oldest is
   * dropped.
   *
   * @default {1024}
   */
  readonly maxPendingUpgrades?: number;
  /**
   * Most bytes of a head.
   *
   * @default {16384}
   */
  readonly maxHeadBytes?: number;
  /**
   * Most header fields of a request.
   *
   * @default {100}
   */
  readonly maxHeaderFields?: number;
}

/** Callbacks for a listener's reports. */
export interface ListenReports {
  /**
   * Called once when accepting begins to fail, for example because too many files are open. The
   * listener tries again.
   */
  readonly onError?: (error: unknown) => void;
}

/** Something that accepts transports. */
export interface Listener {
  /** The bound address, with the port that the system picked. */
  readonly address: Address;
  /**
   * Stops accepting. Open transports stay open. Resolves when the port (or path) is free again. In
   * an HTTP server, running requests have `timeoutMs` to end; idle sockets end at once.
   */
  close(timeoutMs?: number): Promise<void>;
}

/** Receives the requests of an HTTP server. */
export interface HttpSink {
  /** Answers an ordinary request. */
  fetch(request: Request): Response | Promise<Response>;
  /** `fetch` threw or rejected, or its result cannot be sent. */
  onError(error: unknown): void;
  /**
   * A request for an upgrade arrived. `early` are bytes that followed its head. Sets
   * `transport.sink`.
   */
  upgrade(head: RequestHead, transport: Transport, early: Uint8Array): void;
}

/** An HTTP/2 stream with a CONNECT request that is not answered yet. */
export interface ConnectStream {
  readonly scheme: "http" | "https";
  /** The other end of the session's transport, or `null` where the runtime does not tell. */
  readonly peerAddress: Address | null;
  /** The value that was passed to the upgrade. */
  readonly context: unknown;
  /** Called when the stream is lost before it is answered. The handshake sets it. */
  onLost: (() => void) | null;
  /** Answers with these fields, which include `:status`. Afterwards the stream is a transport. */
  accept(fields: HeaderList): Transport;
  /** Answers with these fields and a body, and ends. */
  refuse(fields: HeaderList, body: Uint8Array): void;
  /** Leaves the stream to other listeners. `onUnclaimed` is called if none of them answers. */
  pass(onUnclaimed: () => void): void;
  /** Resets the stream with CANCEL. */
  abort(): void;
}

/** Limits of an HTTP/2 server. */
export interface Http2Limits {
  /**
   * Most open streams of one session. A client that wants more waits, or opens another session.
   *
   * @default {256} Chromium opens at most 255 WebSockets to one host.
   */
  maxStreams?: number;
  /**
   * Bytes that a peer may send on one stream before they are read (SETTINGS_INITIAL_WINDOW_SIZE,
   * RFC 9113 section 6.9.2). A connection that is not read buffers up to this many bytes, and one
   * session up to `maxStreams` times as many.
   *
   * @default {65535} The default of HTTP/2. A larger window is faster over long distances, because
   *   a stream sends at most one window per round trip.
   */
  streamWindowBytes?: number;
  /**
   * Most open sessions. Beyond this number, the session that has had no streams for the longest
   * time is closed. If every session has streams, the new one is closed.
   *
   * @default {10000} Each is a socket with a table of header fields, about 50 KiB.
   */
  maxSessions?: number;
}

/** Receives the requests of a server that speaks HTTP/1.1 and HTTP/2. */
export interface Http2Sink {
  /**
   * Receives ordinary requests, and all requests of HTTP/1.1. `null` if the server has no `fetch`.
   */
  readonly http: HttpSink | null;
  /**
   * A transport that begins with an HTTP/1.1 request was accepted. Called only if `http` is `null`.
   */
  onTransport(transport: Transport): void;
  /**
   * An HTTP/2 request with the method CONNECT arrived. `fields` begin with the pseudo-header
   * fields.
   */
  connect(fields: HeaderList, stream: ConnectStream): void;
}

/** An HTTP/2 session of a client. Its streams become transports. */
export interface ClientSession {
  /**
   * Whether the server allows WebSockets (SETTINGS_ENABLE_CONNECT_PROTOCOL, RFC 8441 section 3).
   */
  readonly allowsConnect: boolean;
  /** Most open streams that the server allows. */
  readonly maxStreams: number;
  /** Whether new streams can be opened. */
  readonly isOpen: boolean;
  /** Sends a request on a new stream. */
  request(fields: HeaderList, listeners: AnswerListeners): Transport;
  /** Ends the session after its last stream. */
  close(): void;
  /** Drops the session. */
  abort(): void;
}

/** Receives the response on a stream. */
export interface AnswerListeners {
  /** Receives the stream's bytes and its end. */
  readonly sink: TransportSink;
  /**
   * Called with the head of the response, before any bytes. If no response comes, only the sink is
   * told the end.
   */
  readonly onAnswer: (head: ResponseHead) => void;
  /** The stream is closed. */
  readonly onClosed: () => void;
}

/** The functions that a runtime provides to the library. */
export interface Runtime {
  /** The name in error messages. */
  readonly name: "node" | "deno" | "bun";
  /** Listens on the runtime's own TCP. `onTransport` sets `transport.sink` before it returns. */
  listen(
    options: ListenOptions & HandshakeLimits & ListenReports,
    onTransport: (transport: Transport) => void,
  ): Promise<Listener>;
  /** Listens with an HTTP server that shares its port with upgrades. */
  listenHttp(options: ListenOptions & HandshakeLimits, sink: HttpSink): Promise<Listener>;
  /**
   * Listens with a server that speaks HTTP/1.1 and HTTP/2 on one port. Missing where the runtime
   * cannot.
   */
  listenHttp2?(
    options: ListenOptions & HandshakeLimits & { readonly limits: Http2Limits },
    sink: Http2Sink,
  ): Promise<Listener>;
  /**
   * Connects. `sink` receives all events from the first byte on. Rejects when the connection cannot
   * be made.
   */
  dial(options: DialOptions, sink: TransportSink): Promise<Transport>;
  /**
   * Connects with HTTP/2. Resolves when the server's settings have come. Rejects with
   * `ERR_HANDSHAKE` when the server does not speak HTTP/2, and as `dial` does. Missing where the
   * runtime cannot.
   */
  dialSession?(options: DialOptions): Promise<ClientSession>;
  /**
   * Resolves a host to its addresses, in the system's order. Where it is missing or rejects with
   * `ERR_NOT_SUPPORTED`, `dial` resolves the name itself.
   */
  lookup?(target: LookupTarget): Promise<readonly string[]>;
  /** Reads an environment variable. */
  getEnv?(name: string): string | undefined;
}

/** A host whose addresses are wanted. */
export interface LookupTarget {
  readonly hostname: string;
  readonly port: number;
  /** TLS settings of the connection that follows. */
  readonly tls?: DialTls;
}
