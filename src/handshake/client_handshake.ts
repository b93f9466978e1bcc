/**
 * The client's side of the opening handshake (RFC 6455 section 4.1): makes the request and checks
 * the response.
 *
 * @module
 */
import { WebSocketError, type WebSocketErrorOptions } from "../errors.ts";
import { acceptKey, isKey } from "./accept_key.ts";
import { encodeBase64 } from "./base64.ts";
import type { HeaderList, RequestHead, ResponseHead } from "./head.ts";
import {
  type ExtensionOffer,
  formatExtensions,
  getAll,
  getHeader,
  isSameToken,
  isToken,
  listsInclude,
  parseExtensions,
} from "./header_values.ts";
import { type ResponseRuleName, ResponseRules } from "./rules.ts";
import { checkFields, writeRequest } from "./write_head.ts";

/** Options of {@linkcode makeUpgradeRequest}. */
export interface UpgradeRequestOptions {
  /**
   * The server: `ws:`, `wss:`, `http:` or `https:`. User and password become Basic authorization.
   */
  readonly url: URL;
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols: readonly string[];
  /** Extensions to offer, the preferred one first. */
  readonly extensions?: readonly ExtensionOffer[];
  /** Further header fields. `Host` and `Authorization` replace those made from the URL. */
  readonly headers?: HeaderList;
  /** A new key, from `makeKey`. */
  readonly key: string;
}

/**
 * Makes the request of an opening handshake, as a value and as the bytes to send.
 *
 * @throws {DOMException} `SyntaxError`, as WHATWG specifies, if the URL has another scheme or a
 * fragment, or a subprotocol is not a token or is named twice.
 * @throws {TypeError} if a header field is malformed or belongs to the handshake, or `key` is not
 * a key.
 */
export function makeUpgradeRequest(
  options: UpgradeRequestOptions,
): { head: RequestHead; bytes: Uint8Array } {
  const { url, headers: further = [], key } = options;
  checkFields(further, ["upgrade", "connection", "content-length", "transfer-encoding"]);
  const fields = makeOfferFields(options);
  if (!isKey(key)) throw new TypeError("the key is not 16 bytes in base64 (RFC 6455 4.1 (7))");

  const headers: [name: string, value: string][] = [];
  if (getHeader(further, "host") === null) headers.push(["Host", url.host]);
  headers.push(["Upgrade", "websocket"], ["Connection", "Upgrade"], ["Sec-WebSocket-Key", key]);
  const head = {
    method: "GET",
    target: url.pathname + url.search,
    headers: [...headers, ...fields, ...further.map(([name, value]) => [name, value] as const)],
  };
  return { head, bytes: writeRequest(head) };
}

/**
 * Makes the fields that every version of HTTP has: version, subprotocols, extensions, and the URL's
 * credentials. Checks URL and subprotocols, too.
 *
 * @throws {DOMException} as {@linkcode makeUpgradeRequest} does.
 * @throws {TypeError} if `Host` is named twice, or a user name has a colon.
 */
export function makeOfferFields(options: Omit<UpgradeRequestOptions, "key">): HeaderList {
  const { url, protocols, extensions = [], headers: further = [] } = options;
  checkUrl(url);
  checkProtocols(protocols);
  if (getAll(further, "host").length > 1) throw new TypeError("header Host: named twice");
  const headers: HeaderList[number][] = [["Sec-WebSocket-Version", "13"]];
  if (protocols.length > 0) headers.push(["Sec-WebSocket-Protocol", protocols.join(", ")]);
  if (extensions.length > 0) {
    headers.push(["Sec-WebSocket-Extensions", formatExtensions(extensions)]);
  }
  if ((url.username || url.password) && getHeader(further, "authorization") === null) {
    headers.push(["Authorization", basicAuthorization(url)]);
  }
  return headers;
}

const SCHEMES: ReadonlySet<string> = new Set(["ws:", "wss:", "http:", "https:"]);

function checkUrl(url: URL): void {
  if (!SCHEMES.has(url.protocol)) {
    throw new DOMException(
      `the scheme ${url.protocol} is not ws: or wss: (ws://host:port/path)`,
      "SyntaxError",
    );
  }
  // `url.hash` is also empty for an empty fragment, which RFC 6455 section 3 forbids as well.
  if (url.href.includes("#")) {
    throw new DOMException("a WebSocket URL has no fragment (RFC 6455 3)", "SyntaxError");
  }
}

function checkProtocols(protocols: readonly string[]): void {
  protocols.forEach((protocol, i) => {
    if (!isToken(protocol)) {
      const shown = JSON.stringify(protocol);
      throw new DOMException(`subprotocol ${shown} is not a token`, "SyntaxError");
    }
    if (protocols.indexOf(protocol) !== i) {
      throw new DOMException(`subprotocol ${protocol} is named twice`, "SyntaxError");
    }
  });
}

/** Encodes the URL's user and password in UTF-8 for Basic authentication (RFC 7617). */
function basicAuthorization(url: URL): string {
  const user = decodePercent(url.username);
  if (user.includes(":")) throw new TypeError("a user name has no colon (RFC 7617 2)");
  const credentials = new TextEncoder().encode(`${user}:${decodePercent(url.password)}`);
  return `Basic ${encodeBase64(credentials)}`;
}

/** Decodes percent-encoding. A URL may contain a lone `%`, which stands for itself. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The parts of a request that are needed to check its response. */
export interface SentUpgrade {
  /** The key that was sent. */
  readonly key: string;
  /** The subprotocols offered. */
  readonly protocols: readonly string[];
  /** Names of the extensions offered. */
  readonly extensions: readonly string[];
  /**
   * Whether the server must choose one of the offered subprotocols. WHATWG requires it; RFC 6455
   * does not. Default `false`.
   */
  readonly requiresProtocol?: boolean;
}

/** Subprotocol and extensions that the server accepted. */
export interface AgreedUpgrade {
  /** The subprotocol, or `""`. */
  readonly protocol: string;
  /** The extensions. Their parameters are not checked here. */
  readonly extensions: readonly ExtensionOffer[];
  /** The value of the response's `Sec-WebSocket-Extensions`, or `""`. */
  readonly extensionsHeader: string;
}

/**
 * Checks a response against RFC 6455 section 4.1. An error is returned and not thrown:
 * `ERR_HANDSHAKE` for a broken rule, `ERR_HANDSHAKE_REDIRECT` for a redirect with a `Location`,
 * `ERR_HANDSHAKE_STATUS` for any other status than 101.
 */
export function readUpgradeResponse(
  head: ResponseHead,
  sent: SentUpgrade,
): AgreedUpgrade | WebSocketError {
  const { status, headers } = head;
  if (status !== 101) return refusedBy(head);

  // Unlike a request's, the value is not a list (RFC 6455 section 4.1 (2)).
  const [upgrade = "", ...otherUpgrades] = getAll(headers, "upgrade");
  if (otherUpgrades.length > 0 || !isSameToken(upgrade, "websocket")) return broken("upgrade");
  if (!listsInclude(getAll(headers, "connection"), "upgrade")) return broken("connection");

  const [accept, ...otherAccepts] = getAll(headers, "sec-websocket-accept");
  if (otherAccepts.length > 0) return broken("acceptRepeated");
  if (accept !== acceptKey(sent.key)) return broken("accept");
  return readAgreement(headers, sent);
}

/** Checks the subprotocol and the extensions of a response, of any version of HTTP. */
export function readAgreement(
  headers: HeaderList,
  sent: Omit<SentUpgrade, "key">,
): AgreedUpgrade | WebSocketError {
  const [extensionsHeader, ...otherExtensions] = getAll(headers, "sec-websocket-extensions");
  if (otherExtensions.length > 0) return broken("extensionsRepeated");
  const extensions = extensionsHeader === undefined ? [] : parseExtensions([extensionsHeader]);
  if (extensions === null) return broken("extensions");
  const names = extensions.map((extension) => extension.name);
  if (!names.every((name) => sent.extensions.includes(name))) {
    return broken("extensionNotOffered");
  }
  if (new Set(names).size < names.length) return broken("extensionsRepeated");

  const [protocol, ...otherProtocols] = getAll(headers, "sec-websocket-protocol");
  if (otherProtocols.length > 0) return broken("protocolRepeated");
  if (protocol !== undefined && !sent.protocols.includes(protocol)) {
    return broken("protocolNotOffered");
  }
  if (protocol === undefined && sent.protocols.length > 0 && sent.requiresProtocol) {
    return broken("protocolMissing");
  }
  return { protocol: protocol ?? "", extensions, extensionsHeader: extensionsHeader ?? "" };
}

function broken(reason: ResponseRuleName): WebSocketError {
  const { text, section } = ResponseRules[reason];
  return new WebSocketError("ERR_HANDSHAKE", `${text} (${section})`);
}

function refusedBy({ status, statusText, headers }: ResponseHead): WebSocketError {
  const { text, section } = ResponseRules.status;
  const message = `${text} (${section}), but the server answered ${status} ${statusText}`.trimEnd();
  const location = getHeader(headers, "location");
  const options: WebSocketErrorOptions = { status };
  if (status < 300 || status > 399 || location === null) {
    return new WebSocketError("ERR_HANDSHAKE_STATUS", message, options);
  }
  return new WebSocketError("ERR_HANDSHAKE_REDIRECT", message, { ...options, location });
}
