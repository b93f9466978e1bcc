/**
 * Options of everything that accepts connections: servers of our own and the mounts on
 * servers of the user's.
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

/** How connections are accepted, and what each may cost. */
export interface UpgradeOptions extends ConnectionLimits {
  /**
   * Which web pages may connect. Default `"same-host"`: browsers send cookies with any
   * page's WebSocket, so otherwise every page could act as its visitor (CVE-2025-24010).
   */
  allowedOrigins?: OriginPolicy;
  /**
   * Milliseconds for the opening handshake, counted from when TCP is connected.
   *
   * @default {10000} A slow mobile link takes two or three seconds.
   */
  handshakeTimeoutMs?: number;
  /**
   * Bytes of a request's head.
   *
   * @default {16384} As in Node and Deno: cookies fit, and a flood holds little.
   */
  maxHeadBytes?: number;
  /**
   * Header fields of a request.
   *
   * @default {100} Browsers send about 15.
   */
  maxHeaderFields?: number;
  /**
   * Hosts that requests may ask for, as `Host` has them: `"example.com"`, `"*.example.com"` for the names
   * below, `"127.0.0.1"`, `"[::1]"`; with `:8080` for that port only. Others are refused with 421.
   *
   * @default {"any"} The names of a server are not known to it. A server on a private network or on
   * `localhost` should list them: a web page whose own name is made to point there (DNS rebinding)
   * passes the check of the origin.
   */
  allowedHosts?: "any" | readonly string[];
  /** Open connections; more are refused with 503. Default `Infinity`. */
  maxConnections?: number;
  /**
   * Open connections and opening handshakes of one address; more are refused with 429. The addresses of
   * an IPv6 network of 64 bits count as one. Behind a proxy set `trustedProxies`, or all clients have
   * the proxy's address.
   *
   * @default {Infinity} Thousands of people can have one address (carrier-grade NAT).
   */
  maxConnectionsPerAddress?: number;
  /**
   * Messages that a peer may send in a second, pings included. As many may come at once; what comes
   * beyond is not read until the rate is kept again, so that the peer waits and nothing is lost.
   *
   * @default {Infinity} `concurrency` and `await` hold a peer back already, by the pace of the handler.
   */
  messagesPerSecond?: number;
  /** Bytes that a peer may send in a second, frames' heads included; otherwise as `messagesPerSecond`. */
  bytesPerSecond?: number;
  /**
   * Whether a peer beyond `messagesPerSecond` or `bytesPerSecond` waits, or has its connection failed
   * with 1008 and `ERR_RATE_LIMIT`.
   *
   * @default {"wait"} An honest peer that has a lot to say loses nothing.
   */
  overRate?: "wait" | "fail";
  /**
   * Opening handshakes under way, that of TLS included. For one more, the oldest that has not sent its
   * whole request is dropped; where all have, it is refused with 503. Default 1,024: they cost the
   * server, and the peer nothing.
   */
  maxPendingUpgrades?: number;
  /**
   * Compression of messages (permessage-deflate), if the client offers it. Default `false`:
   * it costs time and memory, and beside secrets it can give them away (CRIME).
   */
  compression?: boolean | CompressionOptions;
  /**
   * Proxies whose `Forwarded` or `X-Forwarded-*` fields are believed: IP addresses, ranges as
   * `10.0.0.0/8`, and `"unix"` for a proxy that connects through a unix socket. They tell the
   * client's address, and the scheme and host of `request.url` and of the Origin check.
   *
   * @default {[]} Every client can send these fields, so from others they are ignored.
   */
  trustedProxies?: readonly string[];
  /**
   * Whether a handler with `protocol` refuses a client that offers only other subprotocols, with
   * 400. A client that offers none is accepted either way.
   *
   * @default {true} Browsers, `ws` and the clients of Node and Bun fail such a connection anyway.
   */
  protocolRequired?: boolean;
  /** Takes an error that a handler threw. Default: `console.error`. */
  onError?: (error: unknown, connection?: WebSocketConnection) => void;
  /**
   * Told of each opening handshake that is refused. Default: a line on the console, one a second at
   * most, unless `NODE_ENV` is `production`.
   */
  onRefuse?: (refused: RefusedUpgrade) => void;
}

/** Options of a mount on a server that other libraries may use as well. */
export interface MountOptions extends UpgradeOptions {
  /**
   * Paths that are this mount's, as patterns of `routes` or a function. A request for another path
   * is left alone: its socket is not touched, and another library on the same server can take it.
   *
   * @default {the paths of `routes`, else all} A producer may leave a request alone by `undefined`.
   */
  match?: string | readonly string[] | ((pathname: string) => boolean | Promise<boolean>);
}

/** A check for each option of whatever accepts connections. */
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

/** Fills in the defaults; throws an error that names the option which makes no sense. */
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

/** A rate of 0 would never let a peer go on. */
function isRate(option: string, value: unknown): number {
  if (typeof value === "number" && value > 0) return value;
  throw new RangeError(
    `${option}: must be a number above 0 (Infinity for no limit), not ${describe(value)}`,
  );
}
