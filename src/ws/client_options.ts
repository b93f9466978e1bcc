/**
 * Checks the arguments of a client of `ws`, and translates them into the options of `connect`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { ConnectOptions } from "../client/client.ts";
import type { Pem, TlsClientOptions } from "../transport/runtime.ts";
import { toHeaders } from "../handshake/head.ts";
import { isToken } from "../handshake/header_values.ts";
import { checkConnectionOptions, type ConnectionOptions, toLimits } from "./connection_options.ts";
import { type PerMessageDeflateOptions, toCompression } from "./deflate_options.ts";
import { type MissingOptions, notSupported, refuseMissing } from "./not_supported.ts";

/** Options of a client. */
export interface ClientOptions extends ConnectionOptions {
  /** `user:password`, for `Authorization`. */
  auth?: string;
  /** Certificates to trust in place of the system's. */
  ca?: Pem | readonly Pem[];
  /** The certificate of the client. */
  cert?: Pem;
  /** Uses addresses of this family only, 4 or 6; 0 for both. @default `0` */
  family?: number;
  /** Whether redirects are followed. @default `false` */
  followRedirects?: boolean;
  /** Most redirects to follow. @default `10` */
  maxRedirects?: number;
  /** Local address to connect from. It is not supported on Deno. */
  localAddress?: string;
  /**
   * `false` accepts every certificate, so an attacker on the network can read and change all data.
   * It is not supported on Deno. @default `true`
   */
  rejectUnauthorized?: boolean;
  /** Milliseconds for the opening handshake. @default none, as `ws` has it */
  handshakeTimeout?: number;
  /** Further header fields of the request. */
  headers?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** The private key of `cert`. */
  key?: Pem;
  /** The value of `Origin`. */
  origin?: string;
  /** Offers compression. @default `true`, as `ws` has it */
  perMessageDeflate?: boolean | PerMessageDeflateOptions;
  /** Subprotocols, if the second argument names none. */
  protocols?: string | readonly string[];
  /** The name that the server's certificate must have. @default the host of the URL */
  servername?: string;
}

const DIALS = "the connection is made by the library";
const MISSING: MissingOptions = {
  agent: DIALS,
  createConnection: DIALS,
  finishRequest: "set headers",
  generateMask: "masking keys are always random",
  lookup: DIALS,
  passphrase: null,
  pfx: "set cert and key",
  checkServerIdentity: "set servername",
  secureContext: "set ca, cert and key",
};

/** The target of a client and its options. */
export interface ClientTarget {
  /** The URL for `WebSocket.url`. */
  readonly href: string;
  /** The URL to connect to. */
  readonly url: URL;
  readonly options: ConnectOptions;
}

/** Checks the arguments of `new WebSocket`. Throws if one is malformed or not supported. */
export function resolveClient(
  address: string | URL,
  protocols: string | readonly string[] | undefined,
  options: ClientOptions,
): ClientTarget {
  checkClientOptions(options);
  const given = parse(address);
  const { url, path } = toTarget(given);
  const offered = protocols ?? options.protocols ?? [];
  const { handshakeTimeout, perMessageDeflate, localAddress } = options;
  const { followRedirects = false, maxRedirects = 10 } = options;
  const family = toFamily(options.family);
  return {
    href: given.href,
    url,
    options: {
      ...toLimits(options),
      protocols: checkProtocols(typeof offered === "string" ? [offered] : offered),
      headers: fieldsOf(given, options),
      tls: toTls(options),
      ...path === undefined ? {} : { path },
      ...family === undefined ? {} : { family },
      ...localAddress === undefined ? {} : { localAddress },
      maxRedirects: followRedirects ? maxRedirects : 0,
      handshakeTimeoutMs: handshakeTimeout ?? Infinity,
      compression: toCompression(perMessageDeflate ?? true),
    },
  };
}

function checkClientOptions(options: ClientOptions): void {
  checkConnectionOptions(options);
  const { protocolVersion, ...others } = options as { protocolVersion?: unknown };
  if (protocolVersion !== undefined && protocolVersion !== 13) {
    throw notSupported(`the option protocolVersion: ${String(protocolVersion)}`, "it is always 13");
  }
  refuseMissing(others, MISSING);
}

function parse(address: string | URL): URL {
  if (!URL.canParse(String(address))) throw new SyntaxError(`Invalid URL: ${address}`);
  const url = new URL(address);
  if (url.protocol === "http:" || url.protocol === "https:") {
    url.protocol = url.protocol.replace("http", "ws");
  }
  if (!["ws:", "wss:", "ws+unix:"].includes(url.protocol)) {
    const known = '"ws:", "wss:", "http:", "https:", or "ws+unix:"';
    throw new SyntaxError(`The URL's protocol must be one of ${known}`);
  }
  if (url.protocol === "ws+unix:" && url.pathname === "") {
    throw new SyntaxError("The URL's pathname is empty");
  }
  if (url.hash !== "") throw new SyntaxError("The URL contains a fragment identifier");
  return url;
}

/** Splits `ws+unix:/path/of.sock:/path/of/request`, which has both paths with a colon between. */
function toTarget(url: URL): { url: URL; path?: string } {
  if (url.protocol !== "ws+unix:") {
    const plain = new URL(url);
    plain.username = plain.password = "";
    return { url: plain };
  }
  const [path = "", ...rest] = `${url.pathname}${url.search}`.split(":");
  return { url: new URL(rest.join(":") || "/", "ws://localhost"), path };
}

function checkProtocols(protocols: readonly string[]): readonly string[] {
  const isGood = protocols.every((name) => typeof name === "string" && isToken(name));
  if (isGood && new Set(protocols).size === protocols.length) return protocols;
  throw new SyntaxError("An invalid or duplicated subprotocol was specified");
}

function fieldsOf(url: URL, { headers = {}, origin, auth }: ClientOptions): Headers {
  const all = toHeaders(
    Object.entries(headers).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).filter((each) => each !== undefined)
        .map((each) => [name, String(each)] as const)
    ),
  );
  if (origin !== undefined) all.set("origin", origin);
  const { username, password } = url;
  const user = auth ??
    (username + password === ""
      ? undefined
      : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  if (user !== undefined && !all.has("authorization")) {
    all.set("authorization", `Basic ${Buffer.from(user).toString("base64")}`);
  }
  return all;
}

function toTls({ ca, cert, key, servername, rejectUnauthorized }: ClientOptions): TlsClientOptions {
  return {
    ...ca === undefined ? {} : { ca },
    ...cert === undefined ? {} : { cert },
    ...key === undefined ? {} : { key },
    ...servername === undefined ? {} : { serverName: servername },
    ...rejectUnauthorized === false ? { dangerouslyAcceptAnyCertificate: true } : {},
  };
}

function toFamily(family: number | undefined): 4 | 6 | undefined {
  if (family === undefined || family === 0) return undefined;
  if (family === 4 || family === 6) return family;
  throw new RangeError(`family: must be 4, 6 or 0, not ${family}`);
}
