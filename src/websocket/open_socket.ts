/**
 * "Establish a WebSocket connection", with what the Fetch standard adds to RFC 6455.
 *
 * @module
 */
import type { ConnectOptions } from "../client/client.ts";
import type { Opening } from "../client/pending_connect.ts";
import type { WebSocketOptions } from "./options.ts";
import type { SocketSettings } from "./settings.ts";
import { WebSocketError } from "../errors.ts";
import { readHeaders } from "../handshake/head.ts";
import { isBadPort } from "./bad_ports.ts";
import { ownLocation } from "./environment.ts";

/**
 * `maxBufferedBytes` by default. It is larger than the 4 MiB of `connect`, because the standard's
 * `send()` has no promise to wait for, so programs send all their data at once.
 */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** Arguments of {@linkcode openSocket}. */
export interface SocketRequest {
  readonly url: URL;
  readonly protocols: readonly string[];
  readonly options: WebSocketOptions;
  /** Aborts connecting. */
  readonly signal: AbortSignal;
  /** Makes the connection. */
  readonly attach: Opening["attach"];
}

/** Opens a connection. Rejects with the reason if it cannot be opened. */
export async function openSocket(
  { environment, defaults }: SocketSettings,
  { url, protocols, options: own, signal, attach }: SocketRequest,
): Promise<void> {
  const aborted = anyOf(signal, own.signal ?? defaults.signal);
  const options: ConnectOptions = {
    maxBufferedBytes: MAX_BUFFERED_BYTES,
    ...defaults,
    ...own,
    protocols,
    headers: withFetchFields(own.headers ?? defaults.headers),
    signal: aborted,
  };
  aborted.throwIfAborted();
  const blocked = options.path === undefined ? blockedBy(url) : null;
  if (blocked !== null) throw new WebSocketError("ERR_CONNECT", `${url.host}: ${blocked}`);
  const port = url.port === "" ? (url.protocol === "wss:" ? "443" : "80") : url.port;
  const endTurn = await environment.turns.take(
    options.path ?? `${url.hostname}:${port}`,
    aborted,
  );
  try {
    aborted.throwIfAborted();
    await environment.open(url, options, { attach });
  } finally {
    endTurn();
  }
}

/** The reason for which the Fetch standard blocks the request, or `null`. */
function blockedBy(url: URL): string | null {
  if (isBadPort(url.port)) return "the port belongs to another protocol (Fetch, bad ports)";
  const location = ownLocation();
  if (location?.protocol !== "https:" || url.protocol === "wss:") return null;
  return isLocal(url.hostname) ? null : "a page from https: may use wss: only (mixed content)";
}

/** Whether traffic to this host stays on the machine, so that it is secure without TLS. */
function isLocal(hostname: string): boolean {
  return /^127(\.\d+){3}$/.test(hostname) || hostname === "[::1]" ||
    /(^|\.)localhost\.?$/.test(hostname);
}

/**
 * Adds `Origin` if the program has a location, as in a page, and the fields by which the cache mode
 * `no-store` asks that no cache answers.
 */
function withFetchFields(source: ConnectOptions["headers"]): Headers {
  const headers = readHeaders(source ?? {}), location = ownLocation();
  if (location !== null && !headers.has("origin")) headers.set("origin", location.origin);
  for (const name of ["pragma", "cache-control"]) {
    if (!headers.has(name)) headers.set(name, "no-cache");
  }
  return headers;
}

function anyOf(signal: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? signal : AbortSignal.any([signal, other]);
}
