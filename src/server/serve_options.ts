/**
 * Options of a server.
 *
 * @module
 */
import type { Http2Limits, ListenOptions, TlsServerOptions } from "../transport/runtime.ts";
import {
  checkOptions,
  isAtLeast,
  isPem,
  isPrivateKey,
  isSignal,
  isType,
  isWhole,
} from "../connection/option_checks.ts";
import type { OptionChecks } from "../options.ts";
import { UPGRADE_CHECKS, type UpgradeOptions } from "./upgrade_options.ts";

/** Options of a server: where it listens, what it accepts, and the limits of its connections. */
export interface ServeOptions extends ListenOptions, UpgradeOptions {
  /**
   * Answers ordinary HTTP requests on the same port. Without it, a request without an upgrade is
   * answered with 426, and the server parses HTTP heads itself, which is faster.
   */
  fetch?: (request: Request) => Response | Promise<Response>;
  /**
   * Whether each connection begins with the header of the PROXY protocol, version 1 or 2, that a
   * load balancer sends (HAProxy's `send-proxy-v2`). The header provides `remoteAddress`. A
   * connection without it is dropped. Together with `tls`, `fetch` or `http2` it fails with
   * `ERR_NOT_SUPPORTED`.
   *
   * @default {false} Any client could send the header, so the port must be the balancer's alone.
   */
  proxyProtocol?: boolean;
  /**
   * Accepts WebSockets over HTTP/2, too (RFC 8441), and ordinary requests of both versions. With
   * `tls` each client chooses by ALPN. Without it, a client has to know that the server supports
   * HTTP/2, as a proxy does. An object sets limits.
   *
   * On Deno together with `tls`, a client of HTTP/1.1 has no backpressure, because `node:tls` reads
   * on while paused (2.9.6).
   *
   * @default {false} HTTP/1.1 needs no session, and is faster (docs/http2.md).
   */
  http2?: boolean | Http2Limits;
  /** Closes the server when it is aborted, with the default time to drain. */
  signal?: AbortSignal;
}

const TLS_CHECKS: OptionChecks<TlsServerOptions> = { cert: isPem, key: isPrivateKey };

const HTTP2_CHECKS: OptionChecks<Http2Limits> = {
  maxStreams: isWhole(1, 2 ** 31 - 1),
  streamWindowBytes: isWhole(65_535, 2 ** 31 - 1),
  maxSessions: isAtLeast(1),
};

/** A check for each option of a server. */
export const SERVE_CHECKS: OptionChecks<ServeOptions> = {
  ...UPGRADE_CHECKS,
  hostname: isType("string"),
  port: isWhole(0, 65_535),
  path: isType("string"),
  tls: (option, value) => {
    isType("object")(option, value);
    const { cert, key } = value as Partial<TlsServerOptions>;
    checkOptions(option, value as TlsServerOptions, TLS_CHECKS);
    if (cert === undefined || key === undefined) {
      throw new TypeError(`${option}: must have cert and key, both PEM`);
    }
  },
  reusePort: isType("boolean"),
  fetch: isType("function"),
  proxyProtocol: isType("boolean"),
  http2: (option, value) => {
    if (typeof value === "boolean") return;
    isType("boolean", "object")(option, value);
    if (Array.isArray(value)) throw new TypeError(`${option}: must be true, false or an object`);
    checkOptions(option, value as Http2Limits, HTTP2_CHECKS);
  },
  signal: isSignal,
};
