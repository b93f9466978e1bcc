/**
 * Options of accepting connections, for servers and for mounts.
 *
 * @module
 */
import {
  DEFAULT_HANDSHAKE_TIMEOUT_MS,
  DEFAULT_MAX_HEAD_BYTES,
  DEFAULT_MAX_HEADER_FIELDS,
} from "../defaults.ts";
import type { CompressionOptions } from "../framed/compression.ts";
import type { WebSocketConnection } from "../handler.ts";
import type { RefusedUpgrade } from "./refusal_report.ts";
import type { OriginPolicy } from "../handshake/origin_policy.ts";
import { reportOnConsole } from "../connection/context.ts";
import { isOneOf, isType, LIMIT_CHECKS } from "../connection/option_checks.ts";
import type { ConnectionLimits } from "../connection/limits.ts";
import { atLeast, describe, type OptionChecks } from "../options.ts";

/** How connections are accepted, and their limits. */
export interface UpgradeOptions extends ConnectionLimits {
  /**
   * Which web pages may connect.
   *
   * @default {"same-host"} Browsers send cookies with the WebSocket of any page, so that otherwise
   * every page could act with the rights of its visitor (CVE-2025-24010).
   */
  allowedOrigins?: OriginPolicy;
  /**
   * Milliseconds for the opening handshake, counted from when TCP is connected.
   *
   * @default {10000} A slow mobile link takes two or three seconds.
   */
  handshakeTimeoutMs?: number;
  /**
   * Most bytes of a request's head.
   *
   * @default {16384} As in Node and Deno: cookies fit, and many heads hold little memory.
   */
  maxHeadBytes?: number;
  /**
   * Most header fields of a request.
   *
   * @default {100} Browsers send about 15.
   */
  maxHeaderFields?: number;
  /**
   * Allowed values of a request's `Host`: `"example.com"`, `"*.example.com"` for the names below,
   * `"127.0.0.1"`, `"[::1]"`; with `:8080` for that port only. Other hosts are refused with 421.
   *
   * @default {"any"} A server does not know its own names. A server on a private network or on
   *   `localhost` should list them, because a web page whose name is made to resolve to it (DNS
   *   rebinding) passes the check of the origin.
   */
  allowedHosts?: "any" | readonly string[];
  /**
   * Most open connections. Further ones are refused with 503.
   *
   * @default {Infinity}
   */
  maxConnections?: number;
  /**
   * Most open connections and opening handshakes of one address. Further ones are refused with 429.
   * The addresses of an IPv6 network of 64 bits count as one. Behind a proxy set `trustedProxies`,
   * because otherwise all clients have the proxy's address.
   *
   * @default {Infinity} Thousands of people can share one address (carrier-grade NAT).
   */
  maxConnectionsPerAddress?: number;
  /**
   * Most messages of a peer in a second, including pings. A burst of this size is allowed. Further
   * messages are not read until the rate is kept again, so that the peer waits and no message is
   * lost.
   *
   * @default {Infinity} `concurrency` and `await` already slow a peer to the pace of the handler.
   */
  messagesPerSecond?: number;
  /**
   * Most bytes of a peer in a second, including frame headers. It works like `messagesPerSecond`.
   *
   * @default {Infinity}
   */
  bytesPerSecond?: number;
  /**
   * Whether a peer beyond `messagesPerSecond` or `bytesPerSecond` waits, or its connection is
   * failed with 1008 and `ERR_RATE_LIMIT`.
   *
   * @default {"wait"} An honest peer with many messages loses none.
   */
  overRate?: "wait" | "fail";
  /**
   * Most pending opening handshakes, including TLS handshakes. For one more, the oldest one without
   * a complete request is dropped. If all requests are complete, the new one is refused with 503.
   *
   * @default {1024} A pending handshake costs the server memory and the peer nothing.
   */
  maxPendingUpgrades?: number;
  /**
   * Compression of messages (permessage-deflate), if the client offers it.
   *
   * @default {false} It costs time and memory, and can reveal secrets in a message (CRIME).
   */
  compression?: boolean | CompressionOptions;
  /**
   * Proxies whose `Forwarded` or `X-Forwarded-*` fields are used: IP addresses, ranges such as
   * `10.0.0.0/8`, and `"unix"` for a proxy that connects through a unix socket. The fields provide
   * the client's address, and the scheme and host of `request.url` and of the Origin check.
   *
   * @default {[]} No proxy is trusted, because every client can send these fields.
   */
  trustedProxies?: readonly string[];
  /**
   * Whether a handler with `protocol` refuses a client that offers only other subprotocols, with
   * 400. A client that offers none is accepted either way.
   *
   * @default {true} Browsers, `ws` and the clients of Node and Bun fail such a connection anyway.
   */
  protocolRequired?: boolean;
  /**
   * Called with an error that a handler threw.
   *
   * @default {console.error}
   */
  onError?: (error: unknown, connection?: WebSocketConnection) => void;
  /**
   * Called for each refused opening handshake.
   *
   * @default {a line on the console} At most one a second, unless `NODE_ENV` is `production`.
   */
  onRefuse?: (refused: RefusedUpgrade) => void;
}

/** Options of a mount on a server that other libraries may use as well. */
export interface MountOptions extends UpgradeOptions {
  /**
   * Paths of this mount, as patterns of `routes` or as a function. A request for another path is
   * left alone: its socket is not touched, and another library on the same server can take it.
   *
   * @default {the paths of `routes`, else all} A producer can leave a request alone by returning
   *   `undefined`.
   */
  match?: string | readonly string[] | ((pathname: string) => boolean | Promise<boolean>);
}

/** A check for each option of accepting connections. */
export const UPGRADE_CHECKS: OptionChecks<UpgradeOptions> = {
  ...LIMIT_CHECKS,
  allowedOrigins: null,
  handshakeTimeoutMs: null,
  maxHeadBytes: null,
  maxHeaderFields: null,
  allowedHosts: null,
  maxConnections: null,
  maxConnectionsPerAddress: null,
  messagesPerSecond: null,
  bytesPerSecond: null,
  overRate: isOneOf("wait", "fail"),
  maxPendingUpgrades: null,
  compression: isType("boolean", "object"),
  trustedProxies: null,
  protocolRequired: isType("boolean"),
  onError: isType("function"),
  onRefuse: isType("function"),
};

/** A check for each option of a mount. */
export const MOUNT_CHECKS: OptionChecks<MountOptions> = {
  ...UPGRADE_CHECKS,
  match: isType("string", "object", "function"),
};

/** The same with defaults filled in. */
export type ResolvedUpgradeOptions = Readonly<
  Required<Omit<UpgradeOptions, keyof ConnectionLimits | "compression" | "onRefuse">>
>;

/** Fills in the defaults. Throws an error that names the invalid option. */
export function resolveUpgradeOptions(options: UpgradeOptions): ResolvedUpgradeOptions {
  const { allowedOrigins = "same-host", onError = reportOnConsole, trustedProxies = [] } = options;
  isType("function")("onError", onError);
  return {
    allowedOrigins,
    onError,
    trustedProxies,
    protocolRequired: options.protocolRequired ?? true,
    handshakeTimeoutMs: atLeast(
      1,
      "handshakeTimeoutMs",
      options.handshakeTimeoutMs ?? DEFAULT_HANDSHAKE_TIMEOUT_MS,
    ),
    maxHeadBytes: atLeast(64, "maxHeadBytes", options.maxHeadBytes ?? DEFAULT_MAX_HEAD_BYTES),
    maxHeaderFields: atLeast(
      5,
      "maxHeaderFields",
      options.maxHeaderFields ?? DEFAULT_MAX_HEADER_FIELDS,
    ),
    allowedHosts: options.allowedHosts ?? "any",
    maxConnections: atLeast(0, "maxConnections", options.maxConnections ?? Infinity),
    maxConnectionsPerAddress: atLeast(
      1,
      "maxConnectionsPerAddress",
      options.maxConnectionsPerAddress ?? Infinity,
    ),
    messagesPerSecond: isRate("messagesPerSecond", options.messagesPerSecond ?? Infinity),
    bytesPerSecond: isRate("bytesPerSecond", options.bytesPerSecond ?? Infinity),
    overRate: options.overRate ?? "wait",
    maxPendingUpgrades: atLeast(1, "maxPendingUpgrades", options.maxPendingUpgrades ?? 1_024),
  };
}

/** Checks a rate. It must be above 0, because with 0 a peer would wait for ever. */
function isRate(option: string, value: unknown): number {
  if (typeof value === "number" && value > 0) return value;
  throw new RangeError(
    `${option}: must be a number above 0 (Infinity for no limit), not ${describe(value)}`,
  );
}
