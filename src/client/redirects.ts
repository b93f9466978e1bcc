/**
 * Follows redirects of the opening handshake (RFC 9110 section 15.4).
 *
 * @module
 */
import { WebSocketError } from "../errors.ts";
import { readHeaders } from "../handshake/head.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { showUrl } from "./messages.ts";
import { isSecure, type Target } from "./target.ts";

/**
 * Statuses of redirects that are followed. 300 is missing because it offers a choice, and 304
 * because it concerns a cache.
 */
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);
/** Fields that must not be sent to another origin. */
const PRIVATE_FIELDS = ["authorization", "cookie", "host", "proxy-authorization"] as const;

/**
 * Returns the next target. If the redirect must not be followed, throws its error with the reason.
 */
export function followRedirect({ url, options }: Target, error: WebSocketError): Target {
  const next = readLocation(error.location ?? "", url);
  const why = whyNot(next, url, error.status);
  if (why !== null || next === null) {
    const { status, location, response } = error;
    const details = { status, location, response };
    throw new WebSocketError(
      "ERR_HANDSHAKE_REDIRECT",
      `${error.message}; not followed: ${why}`,
      details,
    );
  }
  return { url: next, options: next.origin === url.origin ? options : forStrangers(options) };
}

function readLocation(location: string, from: URL): URL | null {
  if (!URL.canParse(location, from.href)) return null;
  const next = new URL(location, from.href);
  next.hash = "";
  next.protocol = next.protocol.replace("http", "ws");
  return next;
}

function whyNot(next: URL | null, from: URL, status: number | undefined): string | null {
  if (!REDIRECTS.has(status)) return `${status} is no redirect to one place`;
  if (next === null) return "its Location is no URL";
  if (next.protocol !== "ws:" && next.protocol !== "wss:") {
    return `${next.protocol} is no WebSocket`;
  }
  if (isSecure(from) && !isSecure(next)) return `${showUrl(next)} is without TLS`;
  return null;
}

/** Makes the options for another origin. */
function forStrangers(
  { headers, tls, path: _path, address: _address, ...rest }: ConnectOptions,
): ConnectOptions {
  const options: ConnectOptions = rest;
  if (headers !== undefined) {
    const fields = readHeaders(headers);
    for (const name of PRIVATE_FIELDS) fields.delete(name);
    options.headers = fields;
  }
  if (tls !== undefined) {
    const { cert: _cert, key: _key, serverName: _serverName, ...trust } = tls;
    options.tls = trust;
  }
  return options;
}
