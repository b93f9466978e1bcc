/**
 * Checks the `Host` of a request. If `evil.example` is made to resolve to this server (DNS
 * rebinding), a page of it has the same host in `Origin` and `Host`, so the check of the origin
 * accepts it.
 *
 * @module
 */
import { describe } from "../options.ts";
import { PLAIN_TEXT } from "../handshake/server_handshake.ts";
import type { PlainAnswer } from "./pending_handshake.ts";

/** Returns whether a value of `Host` is allowed. */
export type HostCheck = (host: string) => boolean;

// A name, an IPv4 address or a bracketed IPv6 address; a name may begin with a wildcard label.
const ENTRY = /^(\*\.)?(\[[0-9a-f:.]+\]|[a-z0-9\-._]+)(?::(\d{1,5}))?$/;

/**
 * Makes the check of `allowedHosts`. Returns `null` if every host is allowed.
 *
 * @throws {TypeError} if it is no list, or an entry is no host.
 */
export function makeHostCheck(allowedHosts: "any" | readonly string[]): HostCheck | null {
  if (allowedHosts === "any") return null;
  if (!Array.isArray(allowedHosts)) {
    throw new TypeError(`allowedHosts: must be "any" or a list, not ${describe(allowedHosts)}`);
  }
  const matchers = allowedHosts.map(toMatcher);
  return (host) => {
    const asked = splitHost(host.toLowerCase());
    return asked !== null && matchers.some((matches) => matches(asked));
  };
}

interface HostParts {
  readonly isWildcard: boolean;
  readonly name: string;
  readonly port: string | undefined;
}

function splitHost(text: string): HostParts | null {
  const parts = ENTRY.exec(text.endsWith(":") ? text.slice(0, -1) : text);
  if (parts === null) return null;
  const [, wildcard, name = "", port] = parts;
  // A name that ends in a dot is the same name (RFC 1034 section 3.1).
  return { isWildcard: wildcard !== undefined, name: name.replace(/\.$/, ""), port };
}

function toMatcher(entry: unknown): (asked: HostParts) => boolean {
  const parts = typeof entry === "string" ? splitHost(entry.toLowerCase()) : null;
  if (parts === null) {
    throw new TypeError(
      `allowedHosts: ${describe(entry)} must be a host as example.com, *.example.com, ` +
        `127.0.0.1 or [::1], with :port for one port only`,
    );
  }
  const { isWildcard, name, port } = parts;
  return (asked) => {
    if (port !== undefined && asked.port !== port) return false;
    return isWildcard ? asked.name.endsWith(`.${name}`) : asked.name === name;
  };
}

/** The answer to a request for a host that is not served (RFC 9110 section 15.5.20). */
export function refuseHost(host: string): PlainAnswer {
  return {
    status: 421,
    reason: "allowedHosts",
    headers: [PLAIN_TEXT],
    body: `the host ${host} is not served here; see the option allowedHosts\n`,
  };
}
