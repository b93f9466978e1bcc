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

/** How to connect, and what the connection may cost. */
export interface ConnectOptions extends ConnectionLimits {
  /** Subprotocols to offer, the most wanted first. Default: none. */
  protocols?: string | readonly string[];
  /**
   * Goes on, with `protocol` `""`, when the server chooses none of `protocols`.
   *
   * @default {false} Such a connection fails, as in browsers, in `ws`, and in Node and Bun.
   */
  allowNoProtocol?: boolean;
  /** Further header fields of the request, a cookie or an `Authorization` for example. */
  headers?: HeadersSource;
  /** Gives up connecting and rejects with the signal's reason. */
  signal?: AbortSignal;
  /** TLS for `wss:`: own certificates. Default: the system's trust. */
  tls?: TlsClientOptions;
  /** Path of a unix socket to connect to, instead of the URL's host and port. */
  path?: string;
  /**
   * A proxy to connect through: `http://`, `https://`, `socks5://` (this side looks the host up) or `socks5h://`
   * (the proxy does), with `user:password@` if it asks for that. `"env"` reads `https_proxy` (for `wss:`), `http_proxy`
   * (for `ws:`), `all_proxy` and `no_proxy`, also in capitals, as curl does. The port's default is curl's, too: 1080,
   * and 443 for `https://`, which is verified with `tls.ca`, too. Default `null`: none, whatever the environment says.
   */
  proxy?: string | null;
  /**
   * The version of HTTP to open the connection in. `"2"` opens it as a stream (RFC 8441) of a session that connections
   * to the same server with the same options share; without TLS the server has to expect HTTP/2. `"auto"` does so where
   * a server with TLS allows it, and falls back on HTTP/1.1, which it remembers for five minutes.
   *
   * @default {"1.1"} Every server has it, and a connection of its own waits for no other (docs/http2.md).
   */
  httpVersion?: "1.1" | "2" | "auto";
  /** Redirects to follow, never from `wss:` to `ws:`. `Authorization`, cookies and client certificates stay with their origin. Default 0. */
  maxRedirects?: number;
  /** Finds the addresses of a host, instead of the system. */
  lookup?: (hostname: string) => string | readonly string[] | Promise<string | readonly string[]>;
  /** Address to connect to instead of looking up the URL's host, whose name still goes into the request and into TLS. */
  address?: string;
  /** Address of this machine to connect from. `ERR_NOT_SUPPORTED` on Deno. Default: the system's choice. */
  localAddress?: string;
  /** Only addresses of this family: IPv4 or IPv6. Default: both, as RFC 8305 (Happy Eyeballs) says. */
  family?: 4 | 6;
  /**
   * Milliseconds for connecting and the opening handshake, proxies and redirects included.
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
    checkOptions(option, value as TlsClientOptions, TLS_CHECKS);
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
