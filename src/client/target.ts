/**
 * The target of a client: its URL, and the options for reaching it.
 *
 * @module
 */
import type { DialTls, Pem, TlsClientOptions } from "../transport/runtime.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { describe } from "../options.ts";
import { showHost } from "../show_host.ts";

/** A server that a client connects to. */
export interface Target {
  /**
   * The URL. If its scheme is not `ws:`, `wss:`, `http:` or `https:`, making the request throws.
   */
  readonly url: URL;
  /** The options. After a redirect, those for the first origin are removed. */
  readonly options: ConnectOptions;
}

/**
 * Parses the URL. `ws+unix:PATH:/target` becomes the path of a unix socket and
 * `ws://localhost/target`.
 */
export function readTarget(url: string | URL, options: ConnectOptions): Target {
  const { family } = options;
  if (family !== undefined && family !== 4 && family !== 6) {
    throw new RangeError(`family: must be 4 or 6, not ${family}`);
  }
  if (!URL.canParse(String(url))) {
    throw new TypeError(
      `connect: the URL must be like "ws://host:port/path", not ${describe(url)}`,
    );
  }
  const target = new URL(url);
  const scheme = /^(wss?)\+unix:$/.exec(target.protocol)?.[1];
  if (scheme === undefined) return { url: target, options };
  if (options.path !== undefined) {
    throw new TypeError("path: the URL names the path of a unix socket already");
  }
  const [path = "", resource = "/"] = target.pathname.split(":", 2);
  if (path === "") throw new TypeError(`${target.protocol} names no path of a unix socket`);
  return {
    url: new URL(resource + target.search, `${scheme}://localhost/`),
    options: { ...options, path: decodeURIComponent(path) },
  };
}

/** Whether the URL has a scheme with TLS. */
export function isSecure({ protocol }: URL): boolean {
  return protocol === "wss:" || protocol === "https:";
}

/** Returns host and port to connect to. An IPv6 address has no brackets. */
export function readAuthority(url: URL): { hostname: string; port: number } {
  const port = url.port === "" ? (isSecure(url) ? 443 : 80) : Number(url.port);
  return { hostname: url.hostname.replace(/^\[|\]$/g, ""), port };
}

/** Formats host and port as in a URL. */
export function showAuthority({ hostname, port }: { hostname: string; port: number }): string {
  return `${showHost(hostname)}:${port}`;
}

/** Matches addresses in the forms that `URL` produces. */
const ADDRESS = /^\d+(?:\.\d+){3}$|:/;

/** Whether a host without brackets is an address, which need not be resolved. */
export function isAddress(hostname: string): boolean {
  return ADDRESS.test(hostname);
}

/**
 * Makes the TLS settings for a host: PEM as text, and the name for SNI. There is no such name for
 * an address (RFC 6066 section 3; Node 26 throws).
 */
export function toDialTls(hostname: string, tls: TlsClientOptions = {}): DialTls {
  const { ca, cert, key, ...rest } = tls;
  return {
    ...isAddress(hostname) ? {} : { serverName: hostname },
    ...ca === undefined ? {} : { ca: isList(ca) ? ca.map(toText) : toText(ca) },
    ...cert === undefined ? {} : { cert: toText(cert) },
    ...key === undefined ? {} : { key: toText(key) },
    ...rest,
  };
}

const isList = (ca: Pem | readonly Pem[]): ca is readonly Pem[] => Array.isArray(ca);

const toText = (pem: Pem): string => typeof pem === "string" ? pem : new TextDecoder().decode(pem);
