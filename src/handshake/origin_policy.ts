/**
 * Which web pages may connect (RFC 6455 sections 4.2.2 /origin/ and 10.2). Browsers send
 * cookies along with any page's WebSocket, so without this check every page on the web
 * acts with its visitor's rights (CVE-2025-24010).
 *
 * @module
 */
import type { RequestHead } from "./head.ts";

/**
 * Origins that may connect, of those that browsers tell. Requests without an `Origin`
 * are not a browser's and are let through: their sender could claim any.
 *
 * - `"same-host"`: pages of the host and port that `Host` names. Behind a proxy that
 *   rewrites `Host`, list the origins instead.
 * - `"any"`: every page, for services that need neither cookies nor a private network.
 * - a list: exactly these, each `scheme://host` with an optional port.
 * - a function: those it returns `true` for. It is given `"null"` too.
 */
export type OriginPolicy =
  | "same-host"
  | "any"
  | readonly string[]
  | ((origin: string, head: RequestHead) => boolean);

/** The parts of a request that the policy is about. */
export interface OriginSubject {
  /** The value of `Origin`, or `null` if there is none. */
  readonly origin: string | null;
  /** The value of `Host`. */
  readonly host: string;
  /** The request itself, for a function as policy. */
  readonly head: RequestHead;
}

interface Origin {
  readonly scheme: string;
  readonly host: string;
}

// RFC 6454 6.2. The host is a name, an IPv4 address or a bracketed IPv6 address.
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[^\s:/?#@[\]\\]+)(?::(\d{1,5}))?$/;
const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ["http", "80"],
  ["ws", "80"],
  ["https", "443"],
  ["wss", "443"],
]);

function parseOrigin(text: string): Origin | null {
  const parts = ORIGIN.exec(text.toLowerCase());
  if (parts === null) return null;
  const [, scheme = "", name = "", port] = parts;
  return { scheme, host: withoutDefaultPort(port ? `${name}:${port}` : name, scheme) };
}

/** Behind a TLS terminator our own scheme is not the page's, so the page's tells the default port. */
function withoutDefaultPort(host: string, scheme: string): string {
  const suffix = `:${DEFAULT_PORTS.get(scheme) ?? ""}`;
  const end = host.endsWith(suffix) ? -suffix.length : host.endsWith(":") ? -1 : undefined;
  return host.slice(0, end);
}

/**
 * Checks a policy before it is used.
 *
 * @throws {TypeError} if an entry of a list is not an origin. `"null"` is not: it is
 * what every sandboxed frame sends.
 */
export function checkOriginPolicy(policy: OriginPolicy): void {
  if (typeof policy === "string" || typeof policy === "function") return;
  for (const entry of policy) {
    if (parseOrigin(entry) === null) {
      throw new TypeError(`allowed origin ${JSON.stringify(entry)}: must be scheme://host[:port]`);
    }
  }
}

/**
 * Whether the request may become a connection; if not, answer with `refuse("ORIGIN")`.
 * Throws what a function as policy throws.
 */
export function allowsOrigin(upgrade: OriginSubject, policy: OriginPolicy = "same-host"): boolean {
  const { origin, host, head } = upgrade;
  if (origin === null || policy === "any") return true;
  if (typeof policy === "function") return policy(origin, head);
  const from = parseOrigin(origin);
  if (from === null) return false;
  if (policy === "same-host") {
    return from.host === withoutDefaultPort(host.toLowerCase(), from.scheme);
  }
  return policy.some((entry) => {
    const allowed = parseOrigin(entry);
    return allowed !== null && allowed.scheme === from.scheme && allowed.host === from.host;
  });
}
