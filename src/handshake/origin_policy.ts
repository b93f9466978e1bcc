/**
 * Decides which web pages may connect (RFC 6455 sections 4.2.2 /origin/ and 10.2). A browser sends
 * cookies with the WebSocket of any page. Without this check every page on the web could act with
 * the rights of its visitor (CVE-2025-24010).
 *
 * @module
 */
import type { RequestHead } from "./head.ts";

/**
 * The origins whose pages may connect. A request without `Origin` is accepted, because it does not
 * come from a browser, and its sender could claim any origin.
 *
 * - `"same-host"`: pages of the host and port that `Host` names. Behind a proxy that
 *   rewrites `Host`, list the origins instead.
 * - `"any"`: every page, for services that need neither cookies nor a private network.
 * - a list: each entry is `scheme://host` with an optional port. `https://*.example.com` stands
 *   for every name below `example.com`, and `file://` for pages of local files.
 * - a function: those for which it returns `true`, or a promise of `true`. It is given `"null"`
 *   too, which is what sandboxed frames send.
 */
export type OriginPolicy =
  | "same-host"
  | "any"
  | readonly string[]
  | ((origin: string, head: RequestHead) => boolean | Promise<boolean>);

/** The parts of a request that a policy is applied to. */
export interface OriginSubject {
  /** The value of `Origin`, or `null` if there is none. */
  readonly origin: string | null;
  /** The value of `Host`. */
  readonly host: string;
  /** The request, for a policy that is a function. */
  readonly head: RequestHead;
}

interface Origin {
  readonly scheme: string;
  /** Host, and port if it is not the default port of the scheme. */
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
  if (text === "file://") return { scheme: "file", host: "" };
  const parts = ORIGIN.exec(text.toLowerCase());
  if (parts === null) return null;
  const [, scheme = "", name = "", port] = parts;
  return { scheme, host: withoutDefaultPort(port ? `${name}:${port}` : name, scheme) };
}

/**
 * Removes the port from a host if it is the default of the page's scheme. The scheme of our own
 * server would be wrong behind a proxy that terminates TLS.
 */
export function withoutDefaultPort(host: string, scheme: string): string {
  const suffix = `:${DEFAULT_PORTS.get(scheme) ?? ""}`;
  const end = host.endsWith(suffix) ? -suffix.length : host.endsWith(":") ? -1 : undefined;
  return host.slice(0, end);
}

/**
 * Decides whether a request may become a connection. If the policy is a function, an error or
 * rejection of that function is passed on.
 */
export type OriginCheck = (subject: OriginSubject) => boolean | Promise<boolean>;

/**
 * Makes the check of a policy.
 *
 * @throws {TypeError} if the policy has none of the forms of {@linkcode OriginPolicy}, or an
 * entry of a list is no origin. `"null"` is none, because every sandboxed frame sends it.
 */
export function makeOriginCheck(policy: OriginPolicy): OriginCheck {
  if (policy === "any") return () => true;
  if (policy === "same-host") return isSameHost;
  if (typeof policy === "function") return asksFunction(policy);
  if (!Array.isArray(policy)) {
    throw new TypeError(
      `allowedOrigins: must be "same-host", "any", a list of origins or a function, not ${
        describe(policy)
      }`,
    );
  }
  const allowed = policy.map(toMatcher);
  return ({ origin }) => {
    if (origin === null) return true;
    const from = parseOrigin(origin);
    return from !== null && allowed.some((matches) => matches(from));
  };
}

function isSameHost({ origin, host }: OriginSubject): boolean {
  if (origin === null) return true;
  const from = parseOrigin(origin);
  return from !== null && from.host !== "" &&
    from.host === withoutDefaultPort(host.toLowerCase(), from.scheme);
}

function asksFunction(policy: Extract<OriginPolicy, (...args: never) => unknown>): OriginCheck {
  return ({ origin, head }) => {
    if (origin === null) return true;
    const answer: unknown = policy(origin, head);
    return typeof answer === "boolean" ? answer : verdictOf(answer);
  };
}

/**
 * Checks the answer of a policy function. Only `true` allows a page, because a promise is truthy
 * too.
 */
async function verdictOf(answer: unknown): Promise<boolean> {
  const verdict = await answer;
  if (typeof verdict === "boolean") return verdict;
  throw new TypeError(
    `allowedOrigins: the function must return a boolean or a promise of one, not ${
      describe(verdict)
    }`,
  );
}

/** Makes the comparison for one entry of a list. */
function toMatcher(entry: unknown): (from: Origin) => boolean {
  const hasWildcard = typeof entry === "string" && entry.includes("://*.");
  const parsed = typeof entry === "string"
    ? parseOrigin(hasWildcard ? entry.replace("://*.", "://") : entry)
    : null;
  if (parsed === null) {
    throw new TypeError(
      `allowedOrigins: ${describe(entry)} must be scheme://host[:port], as a browser sends it`,
    );
  }
  const { scheme, host } = parsed;
  if (hasWildcard) {
    return (from) => from.scheme === scheme && from.host.endsWith(`.${host}`);
  }
  return (from) => from.scheme === scheme && from.host === host;
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
