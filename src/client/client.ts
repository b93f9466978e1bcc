/**
 * Clients: `connect` on any runtime.
 *
 * @module
 */
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from "../defaults.ts";
import { reportOnConsole } from "../connection/context.ts";
import type { FramedContext } from "../framed/framed_context.ts";
import type { DialOptions, Runtime, TlsClientOptions } from "../transport/runtime.ts";
import { type CompressionOptions, makeCompression } from "../framed/compression.ts";
import { offerDeflate } from "../handshake/permessage_deflate.ts";
import { type Platform, withDeflate } from "../framed/platform.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";
import type { WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { HeadersSource } from "../handshake/head.ts";
import type { Host } from "../framed/host.ts";
import { attach, checkHandler } from "../connection/attach.ts";
import { Keepalive } from "../framed/keepalive.ts";
import { atLeast, type ConnectionLimits, resolveLimits } from "../connection/limits.ts";
import { WebSocketError } from "../errors.ts";
import { makeKey } from "../handshake/accept_key.ts";
import { makeUpgradeRequest } from "../handshake/client_handshake.ts";
import { type DeflateOffer, type Opening, PendingConnect } from "./pending_connect.ts";

/** How to connect, and what the connection may cost. */
export interface ConnectOptions extends ConnectionLimits {
  /** Subprotocols to offer, the most wanted first. Default: none. */
  protocols?: string | readonly string[];
  /** Further header fields of the request, a cookie or an `Authorization` for example. */
  headers?: HeadersSource;
  /** Gives up connecting and rejects with the signal's reason. */
  signal?: AbortSignal;
  /** TLS for `wss:`: own certificates. Default: the system's trust. */
  tls?: TlsClientOptions;
  /** Path of a unix socket to connect to, instead of the URL's host and port. */
  path?: string;
  /**
   * Milliseconds for connecting and the opening handshake.
   *
   * @default {10000} A slow mobile link takes two or three seconds.
   */
  handshakeTimeoutMs?: number;
  /**
   * Bytes of the response's head.
   *
   * @default {16384} As for requests on a server.
   */
  maxHeadBytes?: number;
  /**
   * Header fields of the response.
   *
   * @default {100} As for requests on a server.
   */
  maxHeaderFields?: number;
  /** Offers compression of messages (permessage-deflate). Default `false`. */
  compression?: boolean | CompressionOptions;
  /** Runs this handler on the connection, instead of leaving the reading to the caller. */
  handler?: WebSocketHandler;
  /** Takes what the handler threw. Default: `console.error`. */
  onError?: (error: unknown, connection?: WebSocketConnection) => void;
}

/** Connects on a runtime. Rejects as `connect` says. */
export async function startClient(
  host: Host<Pick<Runtime, "dial">>,
  url: string | URL,
  options: ConnectOptions,
): Promise<WebSocketConnection> {
  const handler = options.handler === undefined ? null : checkHandler(options.handler);
  const opening: Opening = { attach: (attached) => attach(handler, attached) };
  return await openClient(host, { url, options, opening });
}

/** Where to connect to, how, and what to make of it. */
export interface ClientRequest {
  readonly url: string | URL;
  /** `handler` is up to `opening`. */
  readonly options: ConnectOptions;
  readonly opening: Opening;
}

/** Goes through the opening handshake, and attaches to the transport what `opening` says. */
export async function openClient(
  host: Host<Pick<Runtime, "dial">>,
  { url, options, opening }: ClientRequest,
): Promise<WebSocketConnection> {
  const { signal, onError = reportOnConsole } = options;
  const { runtime } = host, platform = await withDeflate(host.platform, options.compression);
  signal?.throwIfAborted(); // from here to where it is listened to, nothing is waited for
  const limits = resolveLimits(options);
  const keepalive = new Keepalive(platform.clock, limits);
  const context: FramedContext = { role: "client", platform, limits, keepalive, onError };
  const target = new URL(url);
  const { protocols = [], headers = {} } = options;
  const key = makeKey(crypto.getRandomValues(new Uint8Array(16)));
  const offered = typeof protocols === "string" ? [protocols] : protocols;
  const fields = [...new Headers(headers)];
  const deflate = makeDeflateOffer(options.compression, platform);
  const extensions = deflate === null ? [] : [offerDeflate(deflate.wanted)];
  const request = makeUpgradeRequest({
    url: target,
    protocols: offered,
    headers: fields,
    extensions,
    key,
  });
  const pending = new PendingConnect({
    context,
    opening,
    url: target,
    head: request.head,
    sent: { key, protocols: offered, extensions: extensions.map(({ name }) => name) },
    deflate,
    headLimits: options,
  });

  const timeoutMs = atLeast(
    1,
    "handshakeTimeoutMs",
    options.handshakeTimeoutMs ?? DEFAULT_HANDSHAKE_TIMEOUT_MS,
  );
  const giveUp = new AbortController();
  const onAbort = (): void => giveUp.abort(signal!.reason);
  signal?.addEventListener("abort", onAbort);
  const timer = timeoutMs === Infinity ? null : platform.clock.after(timeoutMs, () => {
    const why = `${target.host}: no connection within ${timeoutMs} ms`;
    giveUp.abort(new WebSocketError("ERR_HANDSHAKE_TIMEOUT", why));
  });
  giveUp.signal.addEventListener("abort", () => pending.giveUp(giveUp.signal.reason));
  try {
    const transport = await dial(
      runtime,
      { ...whereTo(target, options), signal: giveUp.signal },
      pending,
    );
    pending.begin(transport, request.bytes);
    return await pending.opened;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    if (timer !== null) platform.clock.clear(timer);
  }
}

function makeDeflateOffer(
  option: ConnectOptions["compression"],
  { deflate }: Platform,
): DeflateOffer | null {
  const compression = makeCompression(option, deflate);
  return compression === null ? null : { compression, wanted: compression.wanted("client") };
}

async function dial(
  runtime: Pick<Runtime, "dial">,
  options: DialOptions,
  sink: TransportSink,
): Promise<Transport> {
  try {
    return await runtime.dial(options, sink);
  } catch (cause) {
    options.signal?.throwIfAborted();
    const where = "port" in options ? `${options.hostname}:${options.port}` : options.path;
    throw new WebSocketError("ERR_CONNECT", `cannot connect to ${where}`, { cause });
  }
}

/** SNI is for names alone (RFC 6066 section 3), and Node 26 throws over it. URLs have addresses in these forms only. */
const ADDRESS = /^\[|^\d+(\.\d+){3}$/;

/** Where the transport goes to, by the URL and the options. */
function whereTo(url: URL, { path, tls }: ConnectOptions): DialOptions {
  const isSecure = url.protocol === "wss:" || url.protocol === "https:";
  const hostname = url.hostname.replace(/^\[|\]$/g, ""); // of an IPv6 address
  const names = ADDRESS.test(url.hostname) ? {} : { serverName: hostname };
  const secure = isSecure ? { tls: { ...names, ...tls } } : {};
  if (path !== undefined) return { path, ...secure };
  const port = url.port === "" ? (isSecure ? 443 : 80) : Number(url.port);
  return { hostname, port, ...secure };
}
