/**
 * Options of `connect`.
 *
 * @module
 */
import type { ConnectionLimits } from "../connection/limits.ts";
import type { CompressionOptions } from "../framed/compression.ts";
import type { WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { HeadersSource } from "../handshake/head.ts";
import type { TlsClientOptions } from "../transport/runtime.ts";
import {
  checkOptions,
  isAtLeast,
  isPem,
  isPrivateKey,
  isSignal,
  isType,
  isWhole,
  LIMIT_CHECKS,
} from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";

/** How to connect, and the limits of the connection. */
export interface ConnectOptions extends ConnectionLimits {
  /**
   * Subprotocols to offer, in order of preference.
   *
   * @default {none}
   */
  protocols?: string | readonly string[];
  /**
   * Accepts a server that chooses none of `protocols`; `connection.protocol` is then `""`.
   *
   * @default {false} Such a connection fails, as in browsers, in `ws`, and in Node and Bun.
   */
  allowNoProtocol?: boolean;
  /** Further header fields of the request, for example a cookie or `Authorization`. */
  headers?: HeadersSource;
  /** Aborts connecting, which rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * TLS settings for `wss:`.
   *
   * @default {the certificates that the system trusts}
   */
  tls?: TlsClientOptions;
  /** Path of a unix socket to connect to, instead of the URL's host and port. */
  path?: string;
  /**
   * A proxy to connect through: `http://`, `https://`, `socks5://` (this side resolves the host) or
   * `socks5h://` (the proxy resolves it), with `user:password@` if the proxy needs it. `"env"`
   * reads `https_proxy` (for `wss:`), `http_proxy` (for `ws:`), `all_proxy` and `no_proxy`, also in
   * capitals, as curl does. The port's default is curl's, too: 1080, and 443 for `https://`, which
   * is verified with `tls.ca`, too. Default `null`: no proxy, regardless of the environment.
   */
  proxy?: string | null;
  /**
   * The version of HTTP for the opening handshake. `"2"` opens it as a stream (RFC 8441) of a
   * session that connections to the same server with the same options share; without TLS the server
   * has to support HTTP/2 without negotiation. `"auto"` uses HTTP/2 if a server with TLS supports
   * it, and HTTP/1.1 otherwise, which it remembers for five minutes.
   *
   * @default {"1.1"} Every server supports it, and a connection of its own is not delayed by others
   *   (docs/http2.md).
   */
  httpVersion?: "1.1" | "2" | "auto";
  /**
   * Most redirects to follow. A redirect from `wss:` to `ws:` is never followed. `Authorization`,
   * cookies and client certificates are not sent to another origin.
   *
   * @default {0}
   */
  maxRedirects?: number;
  /** Resolves a host to addresses, instead of the system. */
  lookup?: (hostname: string) => string | readonly string[] | Promise<string | readonly string[]>;
  /**
   * Address to connect to, instead of resolving the URL's host. The request and TLS still use the
   * host's name.
   */
  address?: string;
  /**
   * Local address to connect from. On Deno it rejects with `ERR_NOT_SUPPORTED`.
   *
   * @default {the system's choice}
   */
  localAddress?: string;
  /**
   * Uses addresses of this family only: IPv4 or IPv6.
   *
   * @default {both} By RFC 8305 (Happy Eyeballs).
   */
  family?: 4 | 6;
  /**
   * Milliseconds for connecting and the opening handshake, proxies and redirects included.
   *
   * @default {10000} A slow mobile link takes two or three seconds.
   */
  handshakeTimeoutMs?: number;
  /**
   * Most bytes of the response's head.
   *
   * @default {16384} As for requests on a server.
   */
  maxHeadBytes?: number;
  /**
   * Most header fields of the response.
   *
   * @default {100} As for requests on a server.
   */
  maxHeaderFields?: number;
  /**
   * Offers compression of messages (permessage-deflate).
   *
   * @default {false}
   */
  compression?: boolean | CompressionOptions;
  /** Handler that runs on the connection. Without it the caller reads the connection. */
  handler?: WebSocketHandler;
  /**
   * Called with an error that the handler threw.
   *
   * @default {console.error}
   */
  onError?: (error: unknown, connection?: WebSocketConnection) => void;
}

const TLS_CHECKS: OptionChecks<TlsClientOptions> = {
  ca: null,
  cert: isPem,
  key: isPrivateKey,
  serverName: isType("string"),
  pins: isType("object"),
  alpn: isType("object"),
  dangerouslyAcceptAnyCertificate: isType("boolean"),
};

/** A check for each option of `connect`. */
export const CONNECT_CHECKS: OptionChecks<ConnectOptions> = {
  ...LIMIT_CHECKS,
  protocols: isType("string", "object"),
  allowNoProtocol: isType("boolean"),
  headers: isType("object"),
  signal: isSignal,
  tls: (option, value) => {
    isType("object")(option, value);
    const tls = value as TlsClientOptions;
    checkOptions(option, tls, TLS_CHECKS);
    if ((tls.cert === undefined) === (tls.key === undefined)) return;
    const missing = tls.key === undefined ? "key" : "cert";
    throw new TypeError(`${option}: cert and key belong together, and ${missing} is missing`);
  },
  path: isType("string"),
  proxy: (option, value) => value === null || isType("string")(option, value),
  httpVersion: (option, value) => {
    if (value !== "1.1" && value !== "2" && value !== "auto") {
      throw new RangeError(`${option}: must be "1.1", "2" or "auto"`);
    }
  },
  maxRedirects: isWhole(0, 100),
  lookup: isType("function"),
  address: isType("string"),
  localAddress: isType("string"),
  family: (option, value) => {
    if (value !== 4 && value !== 6) throw new RangeError(`${option}: must be 4 or 6`);
  },
  handshakeTimeoutMs: null,
  maxHeadBytes: isAtLeast(64),
  maxHeaderFields: isAtLeast(5),
  compression: isType("boolean", "object"),
  handler: null,
  onError: isType("function"),
};
