/**
 * The abilities of a runtime: to listen, to share a port with HTTP, and to connect. Each
 * folder of `runtime/` implements {@linkcode Runtime} and nothing else of the library.
 *
 * @module
 */
import type { HeaderList, RequestHead, ResponseHead } from "../handshake/head.ts";
import type { Address } from "../message.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** TLS of a listener: PEM texts. */
export interface TlsServerOptions {
  /** Certificate chain, PEM. */
  cert: string;
  /** Private key, PEM. */
  key: string;
}

/** TLS of a client. Certificates and keys are PEM, as text or as bytes. */
export interface TlsClientOptions {
  /** Certificates to trust; replaces the system's own where the runtime can, else is added. */
  ca?: Pem | readonly Pem[];
  /** Client certificate chain, for servers that ask for one. */
  cert?: Pem;
  /** Private key of `cert`. */
  key?: Pem;
  /** Name expected in the server's certificate (SNI). Default: the host of the URL. */
  serverName?: string;
  /**
   * Public keys of which the server's must be one, each as `sha256/` and the base64 of the SHA-256 of its
   * SubjectPublicKeyInfo (as RFC 7469 section 2.4 has it). The certificate is verified besides. Deno shows no
   * certificate, and rejects with `ERR_NOT_SUPPORTED`. Default: any key.
   */
  pins?: readonly string[];
  /** Application protocols to offer (ALPN, RFC 7301), for example `["http/1.1"]`. Default: none. */
  alpn?: readonly string[];
  /**
   * Takes any certificate: expired, self-signed, of another name. Whoever is in between reads and changes everything,
   * unless `pins` name the key. For development; Deno rejects it with `ERR_NOT_SUPPORTED`. Default `false`.
   */
  dangerouslyAcceptAnyCertificate?: boolean;
}

/** Certificates or a key in PEM (RFC 7468). */
export type Pem = string | Uint8Array;

/** TLS of one transport that is dialed, as the runtimes take it: PEM is text. */
export interface DialTls {
  ca?: string | readonly string[] | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  serverName?: string | undefined;
  pins?: readonly string[] | undefined;
  alpn?: readonly string[] | undefined;
  dangerouslyAcceptAnyCertificate?: boolean | undefined;
}

/** The plain transport to a proxy, while the way through it is negotiated. */
export interface TunnelPipe {
  /** Takes what came; `null` at the end. */
  read(): Promise<Uint8Array | null>;
  /** Sends bytes. */
  write(bytes: Uint8Array): Promise<void>;
}

/** A proxy between: `hostname` and `port` of the dialing are its own. */
export interface Tunnel {
  /** The host behind the proxy, for its certificate. */
  hostname: string;
  /** TLS to the proxy itself. */
  tls?: DialTls;
  /** Asks the proxy for the way through. From then on the pipe is the transport to the server. */
  open(pipe: TunnelPipe): Promise<void>;
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

/** How to connect. */
export interface DialSettings {
  /** Starts TLS when given; with a tunnel, behind it. */
  tls?: DialTls;
  /** Gives up and rejects with the signal's reason. */
  signal?: AbortSignal;
  /** A proxy between. */
  tunnel?: Tunnel;
  /** Address of this machine to connect from. */
  localAddress?: string;
  /** Told when TCP is connected; TLS may still fail. */
  onConnect?: () => void;
}

/** Where to connect to. `address` is that of `hostname`, where it is known. */
export type DialOptions =
  & DialSettings
  & (
    | { hostname: string; port: number; address?: string; path?: undefined }
    | { path: string }
  );

/**
 * Limits of a listener: of its TLS handshakes, which begin before there is a transport, and of the
 * heads that an HTTP server reads, any of which may become an opening handshake.
 */
export interface HandshakeLimits {
  /** Milliseconds of one; for HTTP, of a head and of a body in which nothing comes. Default 10,000. */
  readonly handshakeTimeoutMs?: number;
  /** Handshakes, or sockets without a request, beyond which the oldest is dropped. Default 1,024. */
  readonly maxPendingUpgrades?: number;
  /** Bytes of a head. Default 16,384. */
  readonly maxHeadBytes?: number;
  /** Header fields of a request. Default 100. */
  readonly maxHeaderFields?: number;
}

/** What a listener tells besides. */
export interface ListenReports {
  /** Told once when `accept` begins to fail, for want of files for example. It is tried again. */
  readonly onError?: (error: unknown) => void;
}

/** Something that accepts transports. */
export interface Listener {
  /** The bound address, with the port that the system picked. */
  readonly address: Address;
  /**
   * Stops accepting; open transports stay. Resolves when the port (or path) is free again. An HTTP
   * server's requests at work have `timeoutMs`, and its other sockets end at once.
   */
  close(timeoutMs?: number): Promise<void>;
}

/** Receives the requests of an HTTP server. */
export interface HttpSink {
  /** An ordinary request. */
  fetch(request: Request): Response | Promise<Response>;
  /** `fetch` threw, rejected, or gave what cannot be sent. */
  onError(error: unknown): void;
  /** A request that asks for an upgrade; `rest` are bytes that followed its head. Sets `transport.sink`. */
  upgrade(head: RequestHead, transport: Transport, rest: Uint8Array): void;
}

/** A stream of HTTP/2 whose request was CONNECT, until it is a transport or refused. */
export interface ConnectStream {
  readonly scheme: "http" | "https";
  /** The other end of the session's transport, or `null` where the runtime does not tell. */
  readonly peerAddress: Address | null;
  /** The value that was passed to the upgrade. */
  readonly context: unknown;
  /** Called when the stream is lost before it is decided on; set by the handshake. */
  onLost: (() => void) | null;
  /** Answers with these fields, among them `:status`. From then on the stream is a transport. */
  accept(fields: HeaderList): Transport;
  /** Answers with these fields and a body, and ends. */
  refuse(fields: HeaderList, body: Uint8Array): void;
  /** Leaves it alone; `onUnclaimed` is called if no other listener answers. */
  pass(onUnclaimed: () => void): void;
  /** Resets it with CANCEL. */
  abort(): void;
}

/** Limits of a server of HTTP/2. */
export interface Http2Limits {
  /**
   * Streams that are open on one session at the same time; a client that wants more waits, or opens
   * another session.
   *
   * @default {256} Chromium opens at most 255 WebSockets to one host.
   */
  maxStreams?: number;
  /**
   * Bytes that a peer may send on one stream before they are read (SETTINGS_INITIAL_WINDOW_SIZE, RFC 9113 section
   * 6.9.2). A connection that is not read holds up to this much, and one session up to `maxStreams` times as much.
   *
   * @default {65535} The protocol's own. More is faster on a long way: a stream moves one window per round trip.
   */
  streamWindowBytes?: number;
  /**
   * Sessions that are open at the same time. Beyond it, the one that has been without streams for longest is
   * closed; if there is none, the new one is.
   *
   * @default {10000} Each is a socket with a table of header fields, about 50 KiB.
   */
  maxSessions?: number;
}

/** Receives the requests of a server that speaks HTTP/1.1 and HTTP/2. */
export interface Http2Sink {
  /** Receives ordinary requests, and all of HTTP/1.1; `null` if there is no answer to the former. */
  readonly http: HttpSink | null;
  /** A transport that begins with a request of HTTP/1.1, if `http` is `null`. */
  accept(transport: Transport): void;
  /** A request of HTTP/2 whose method is CONNECT. `fields` begin with pseudo-header fields. */
  connect(fields: HeaderList, stream: ConnectStream): void;
}

/** A session of HTTP/2 with a server, for streams that become transports. */
export interface ClientSession {
  /** Whether the server allows WebSockets (SETTINGS_ENABLE_CONNECT_PROTOCOL, RFC 8441 section 3). */
  readonly allowsConnect: boolean;
  /** Streams that the server allows at the same time. */
  readonly maxStreams: number;
  /** Whether it takes new streams. */
  readonly isOpen: boolean;
  /** Sends a request on a new stream. */
  request(fields: HeaderList, listeners: AnswerListeners): Transport;
  /** Ends it after its last stream. */
  close(): void;
  /** Drops it. */
  abort(): void;
}

/** Receives the answer on a stream. */
export interface AnswerListeners {
  /** Of the stream's bytes and its end, from the first on. */
  readonly sink: TransportSink;
  /** The head of the answer. It comes before any bytes; if it does not come, the sink is told the end. */
  readonly onAnswer: (head: ResponseHead) => void;
  /** The stream is closed. */
  readonly onClosed: () => void;
}

/** All that the library asks of a runtime. */
export interface Runtime {
  /** For error messages. */
  readonly name: "node" | "deno" | "bun";
  /** Listens on the runtime's own TCP. `accept` sets `transport.sink` before it returns. */
  listen(
    options: ListenOptions & HandshakeLimits & ListenReports,
    accept: (transport: Transport) => void,
  ): Promise<Listener>;
  /** Listens with an HTTP server that shares its port with upgrades. */
  listenHttp(options: ListenOptions & HandshakeLimits, sink: HttpSink): Promise<Listener>;
  /** Listens with a server that speaks HTTP/1.1 and HTTP/2 on one port. Missing: it cannot. */
  listenHttp2?(
    options: ListenOptions & HandshakeLimits & { readonly limits: Http2Limits },
    sink: Http2Sink,
  ): Promise<Listener>;
  /** Connects; `sink` is told of everything from the first byte. Rejects when no connection can be made. */
  dial(options: DialOptions, sink: TransportSink): Promise<Transport>;
  /**
   * Connects with HTTP/2. Resolves when the server's settings have come. Rejects with `ERR_HANDSHAKE` when the server
   * has no HTTP/2, and as `dial` does. Missing: the runtime cannot.
   */
  dialSession?(options: DialOptions): Promise<ClientSession>;
  /**
   * Addresses of a host, in the system's order. Missing, or a rejection with `ERR_NOT_SUPPORTED`: `dial` finds them itself.
   */
  lookup?(target: LookupTarget): Promise<readonly string[]>;
  /** A variable of the environment. */
  getEnv?(name: string): string | undefined;
}

/** A query of a name. */
export interface LookupTarget {
  readonly hostname: string;
  readonly port: number;
  /** TLS of the dialing that follows. */
  readonly tls?: DialTls;
}
