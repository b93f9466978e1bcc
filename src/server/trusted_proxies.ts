/**
 * Reads the facts that trusted proxies report about a request: the client's address, and the scheme
 * and host that it used (RFC 7239, and the `X-Forwarded-*` fields that came before it). From any
 * other address these fields are ignored, because every client can send them.
 *
 * @module
 */
import type { HeaderList } from "../handshake/head.ts";
import type { Address } from "../message.ts";
import { describe } from "../options.ts";
import { type IpRange, parseIp, parseIpRange } from "./ip_ranges.ts";

/** Facts about a request before it reached the proxies. Absent facts were not reported. */
export interface Forwarded {
  readonly remoteAddress?: Address;
  readonly scheme?: "http" | "https";
  readonly host?: string;
}

/** Reads a request's fields, if its transport comes from a trusted proxy. */
export type ForwardedReader = (
  headers: HeaderList,
  peer: Address | null,
) => Forwarded;

/** The result if no trusted proxy has reported anything. */
export const NOT_FORWARDED: Forwarded = {};
// As in the handshake's rule of Host: no user information, and no comma.
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9\-._~%!$&'()*+;=]+)(?::\d{0,5})?$/i;

/** One hop that a proxy has reported. */
interface Hop {
  readonly for: string;
  readonly proto: string | undefined;
  readonly host: string | undefined;
}

/**
 * Makes the reader for a list of trusted proxies: addresses, ranges (`10.0.0.0/8`), and `"unix"`
 * for every peer without an IP address, as those of a unix socket are.
 *
 * @throws {TypeError} if an entry has none of these forms.
 */
export function makeForwardedReader(trustedProxies: readonly string[]): ForwardedReader {
  if (!Array.isArray(trustedProxies)) {
    throw new TypeError(`trustedProxies: must be a list, not ${describe(trustedProxies)}`);
  }
  if (trustedProxies.length === 0) return () => NOT_FORWARDED;
  const trustsUnix = trustedProxies.includes("unix");
  const ranges = trustedProxies.filter((entry) => entry !== "unix").map(toRange);
  const isTrusted = (text: string): boolean => {
    const address = parseIp(text);
    return address !== null && ranges.some((isIn) => isIn(address));
  };
  return (headers, peer) => {
    const fromProxy = peer?.transport === "tcp" ? isTrusted(peer.hostname) : trustsUnix;
    if (!fromProxy) return NOT_FORWARDED;
    const hops = readHops(headers);
    // The client is the first hop, from the nearest proxy outwards, that is not a trusted proxy.
    const client = hops.findLast((hop) => !isTrusted(splitPort(hop.for).hostname)) ?? hops[0];
    return client === undefined ? NOT_FORWARDED : toForwarded(client);
  };
}

function toRange(entry: unknown): IpRange {
  const range = typeof entry === "string" ? parseIpRange(entry) : null;
  if (range !== null) return range;
  throw new TypeError(
    `trustedProxies: ${describe(entry)} must be an IP address, a range as 10.0.0.0/8, or "unix"`,
  );
}

/** Reads the hops, outermost first, from `Forwarded` or otherwise from `X-Forwarded-*`. */
function readHops(headers: HeaderList): readonly Hop[] {
  const standard = valuesOf(headers, "forwarded");
  if (standard.length > 0) return standard.map(parseForwarded);
  const hosts = valuesOf(headers, "x-forwarded-host");
  const protos = valuesOf(headers, "x-forwarded-proto");
  const ports = valuesOf(headers, "x-forwarded-port");
  const addresses = valuesOf(headers, "x-forwarded-for");
  const count = Math.max(addresses.length, hosts.length, protos.length, 1);
  // If a proxy overwrites a field, its only value holds for the whole request.
  const at = (values: readonly string[], index: number) =>
    values.length === count ? values[index] : values.at(-1);
  return Array.from({ length: count }, (_, index) => ({
    for: addresses[index] ?? "unknown",
    proto: at(protos, index),
    host: withPort(at(hosts, index), at(ports, index)),
  }));
}

/** The elements of a field's lists, in order. */
function valuesOf(headers: HeaderList, name: string): readonly string[] {
  return headers.filter(([field]) => field.toLowerCase() === name)
    .flatMap(([, value]) => value.match(/(?:[^,"]|"(?:\\.|[^"\\])*")+/g) ?? [])
    .map((value) => value.trim()).filter((value) => value !== "");
}

function withPort(host: string | undefined, port: string | undefined): string | undefined {
  if (host === undefined || port === undefined || !/^\d{1,5}$/.test(port)) return host;
  return /:\d+$/.test(host) ? host : `${host}:${port}`;
}

/** One element of `Forwarded` (RFC 7239 section 4). */
function parseForwarded(element: string): Hop {
  const pairs = new Map<string, string>();
  for (
    const [, name = "", quoted, plain = ""] of element.matchAll(
      /([\w-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]*))/g,
    )
  ) pairs.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain);
  return { for: pairs.get("for") ?? "unknown", proto: pairs.get("proto"), host: pairs.get("host") };
}

function toForwarded({ for: node, proto, host }: Hop): Forwarded {
  const { hostname, port } = splitPort(node);
  const scheme = proto?.toLowerCase().replace(/^ws/, "http");
  return {
    ...parseIp(hostname) === null ? {} : {
      remoteAddress: { transport: "tcp" as const, hostname, port },
    },
    ...scheme === "http" || scheme === "https" ? { scheme } : {},
    ...host !== undefined && HOST.test(host) ? { host } : {},
  };
}

/** `192.0.2.1:47011`, `[2001:db8::1]:47011`, or either without a port, which then is 0. */
function splitPort(node: string): { hostname: string; port: number } {
  const [, bracketed, v4, port = "0"] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(node) ??
    [];
  return { hostname: bracketed ?? v4 ?? node, port: Number(port) };
}
