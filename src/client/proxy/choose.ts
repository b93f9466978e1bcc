/**
 * Chooses the proxy for a URL, by the option or by the environment variables that curl reads.
 *
 * @module
 */
import { WebSocketError } from "../../errors.ts";
import { isSecure } from "../target.ts";
import { matchesNoProxy } from "./no_proxy.ts";

/** Schemes of proxy URLs. */
export type ProxyScheme = "http" | "https" | "socks5" | "socks5h";

/** A proxy. */
export interface Proxy {
  readonly scheme: ProxyScheme;
  readonly hostname: string;
  readonly port: number;
  /** User and password for the proxy; `null` if there are none. */
  readonly credentials: { readonly user: string; readonly password: string } | null;
}

/** The target for which a proxy is chosen. */
export interface ProxyTarget {
  readonly url: URL;
  /** The host, without brackets. */
  readonly hostname: string;
  /** Reads an environment variable; `null` or `undefined` where there is no environment. */
  readonly getEnv: ((name: string) => string | undefined) | undefined;
}

/**
 * Returns the proxy for a target, or `null` for none. Throws a `TypeError` if the option is no
 * proxy URL.
 */
export function chooseProxy(option: string, target: ProxyTarget): Proxy | null {
  if (option !== "env") return parseProxy(option, "proxy");
  const { getEnv } = target;
  if (getEnv === undefined) {
    throw new WebSocketError("ERR_NOT_SUPPORTED", 'proxy: there is no environment for "env"');
  }
  const exempt = getEnv("no_proxy") ?? getEnv("NO_PROXY") ?? "";
  if (matchesNoProxy(target.hostname, exempt)) return null;
  for (const name of namesFor(target.url, getEnv)) {
    const value = getEnv(name);
    if (value !== undefined && value !== "") return parseProxy(value, name);
  }
  return null;
}

/**
 * Names of the variables in the order in which curl reads them. HTTP_PROXY in capitals is not read,
 * because in a CGI program it is a header field of the request ("httpoxy").
 */
function namesFor(
  url: URL,
  getEnv: (name: string) => string | undefined,
): readonly string[] {
  const all = ["all_proxy", "ALL_PROXY"];
  if (isSecure(url)) return ["https_proxy", "HTTPS_PROXY", ...all];
  const isCgi = getEnv("REQUEST_METHOD") !== undefined;
  return ["http_proxy", ...isCgi ? [] : ["HTTP_PROXY"], ...all];
}

/**
 * A proxy's URL. It is not parsed by `URL`, which would drop the port 80 of `http:`, while curl's
 * default is another.
 */
const PROXY = /^(?:(\w+):\/\/)?(?:([^@/]*)@)?(\[[^\]]+\]|[^\s:/@[\]]+)(?::(\d{1,5}))?\/?$/;
const DEFAULT_PORT = 1080;

/** Parses a proxy's URL. No error contains it, because it may hold a password. */
function parseProxy(text: string, name: string): Proxy {
  const parts = PROXY.exec(text.trim());
  const scheme = parts?.[1]?.toLowerCase() ?? "http";
  if (parts === null || !isProxyScheme(scheme)) {
    const forms = "http://, https://, socks5:// or socks5h://";
    throw new TypeError(`${name}: must be the URL of a proxy (${forms}), "env" or null`);
  }
  const [, , userInfo, host = "", digits] = parts;
  const port = digits === undefined ? (scheme === "https" ? 443 : DEFAULT_PORT) : Number(digits);
  if (port < 1 || port > 65_535) throw new TypeError(`${name}: ${port} is no port`);
  return {
    scheme,
    hostname: host.replace(/^\[|\]$/g, ""),
    port,
    credentials: userInfo === undefined ? null : readCredentials(userInfo),
  };
}

function isProxyScheme(scheme: string): scheme is ProxyScheme {
  return ["http", "https", "socks5", "socks5h"].includes(scheme);
}

function readCredentials(userInfo: string): Proxy["credentials"] {
  const at = userInfo.indexOf(":");
  const [user, password] = at < 0
    ? [userInfo, ""]
    : [userInfo.slice(0, at), userInfo.slice(at + 1)];
  return { user: decode(user), password: decode(password) };
}

/** Decodes percent-encoding. A lone `%` stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
