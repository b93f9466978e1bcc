/**
 * The client's side of the opening handshake (RFC 6455 section 4.1): the request to
 * send, and the judgement of the response.
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
import { ResponseRule, type ResponseRuleName } from "./rules.ts";
import { checkFields, writeRequest } from "./write_head.ts";

/** What to ask a server for. */
export interface UpgradeRequestOptions {
  /** Where to: `ws:`, `wss:`, `http:` or `https:`. Its user and password become Basic authorization. */
  readonly url: URL;
  /** Subprotocols to offer, the most wanted first. */
  readonly protocols: readonly string[];
  /** Extensions to offer, the most wanted first. */
  readonly extensions?: readonly ExtensionOffer[];
  /** Further header fields; `Host` and `Authorization` take the place of our own. */
  readonly headers?: HeaderList;
  /** A fresh key, of `makeKey`. */
  readonly key: string;
}

/**
 * Makes the request of an opening handshake, as a value and as the bytes to send.
 *
 * @throws {DOMException} `SyntaxError`, as WHATWG has it: a URL of another scheme or with
 * a fragment, a subprotocol that is not a token or is named twice.
 * @throws {TypeError} if a header field is malformed or the handshake's own, or `key` is
 * not one.
 */
export function makeUpgradeRequest(
  options: UpgradeRequestOptions,
): { head: RequestHead; bytes: Uint8Array } {
  const { url, protocols, extensions = [], headers: further = [], key } = options;
  checkUrl(url);
  checkProtocols(protocols);
  checkFields(further, ["upgrade", "connection", "content-length", "transfer-encoding"]);
  if (getAll(further, "host").length > 1) throw new TypeError("header Host: named twice");
  if (!isKey(key)) throw new TypeError("the key is not 16 bytes in base64 (RFC 6455 4.1 (7))");

  const headers: [name: string, value: string][] = [];
  if (getHeader(further, "host") === null) headers.push(["Host", url.host]);
  headers.push(
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", "13"],
  );
  if (protocols.length > 0) headers.push(["Sec-WebSocket-Protocol", protocols.join(", ")]);
  if (extensions.length > 0) {
    headers.push(["Sec-WebSocket-Extensions", formatExtensions(extensions)]);
  }
  if ((url.username || url.password) && getHeader(further, "authorization") === null) {
    headers.push(["Authorization", basicAuthorization(url)]);
  }
  const head = {
    method: "GET",
    target: url.pathname + url.search,
    headers: [...headers, ...further.map(([name, value]) => [name, value] as const)],
  };
  return { head, bytes: writeRequest(head) };
}

const SCHEMES: ReadonlySet<string> = new Set(["ws:", "wss:", "http:", "https:"]);

function checkUrl(url: URL): void {
  if (!SCHEMES.has(url.protocol)) {
    throw new DOMException(`the scheme ${url.protocol} is not ws: or wss:`, "SyntaxError");
  }
  // `hash` is empty for an empty fragment too, and RFC 6455 section 3 bars that as well.
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

/** RFC 7617: user and password of the URL, in UTF-8. */
function basicAuthorization(url: URL): string {
  const user = decodePercent(url.username);
  if (user.includes(":")) throw new TypeError("a user name has no colon (RFC 7617 2)");
  const credentials = new TextEncoder().encode(`${user}:${decodePercent(url.password)}`);
  return `Basic ${encodeBase64(credentials)}`;
}

/** A URL may hold a lone `%`, which stands for itself. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What was asked for, as far as the response must fit it. */
export interface SentUpgrade {
  /** The key that was sent. */
  readonly key: string;
  /** The subprotocols offered. */
  readonly protocols: readonly string[];
  /** Names of the extensions offered. */
  readonly extensions: readonly string[];
}

/** What the server agreed to. */
export interface AgreedUpgrade {
  /** The subprotocol, or `""`. */
  readonly protocol: string;
  /** The extensions, whose parameters are theirs to check. */
  readonly extensions: readonly ExtensionOffer[];
  /** The extensions as the response named them, or `""`. */
  readonly extensionsHeader: string;
}

/**
 * Checks a response against RFC 6455 section 4.1. An error is returned, not thrown:
 * `ERR_HANDSHAKE` for a broken rule, `ERR_HANDSHAKE_REDIRECT` for a redirect that says
 * where to, `ERR_HANDSHAKE_STATUS` for every other status than 101.
 */
export function readUpgradeResponse(
  head: ResponseHead,
  sent: SentUpgrade,
): AgreedUpgrade | WebSocketError {
  const { status, headers } = head;
  if (status !== 101) return refusedBy(head);

  // Unlike in a request, it names nothing else.
  const [upgrade = "", ...otherUpgrades] = getAll(headers, "upgrade");
  if (otherUpgrades.length > 0 || !isSameToken(upgrade, "websocket")) return broken("UPGRADE");
  if (!listsInclude(getAll(headers, "connection"), "upgrade")) return broken("CONNECTION");

  const [accept, ...otherAccepts] = getAll(headers, "sec-websocket-accept");
  if (otherAccepts.length > 0) return broken("ACCEPT_REPEATED");
  if (accept !== acceptKey(sent.key)) return broken("ACCEPT");

  const [extensionsHeader, ...otherExtensions] = getAll(headers, "sec-websocket-extensions");
  if (otherExtensions.length > 0) return broken("EXTENSIONS_REPEATED");
  const extensions = extensionsHeader === undefined ? [] : parseExtensions([extensionsHeader]);
  if (extensions === null) return broken("EXTENSIONS");
  const names = extensions.map((extension) => extension.name);
  if (!names.every((name) => sent.extensions.includes(name))) {
    return broken("EXTENSION_NOT_OFFERED");
  }
  if (new Set(names).size < names.length) return broken("EXTENSIONS_REPEATED");

  const [protocol, ...otherProtocols] = getAll(headers, "sec-websocket-protocol");
  if (otherProtocols.length > 0) return broken("PROTOCOL_REPEATED");
  if (protocol !== undefined && !sent.protocols.includes(protocol)) {
    return broken("PROTOCOL_NOT_OFFERED");
  }
  return { protocol: protocol ?? "", extensions, extensionsHeader: extensionsHeader ?? "" };
}

function broken(reason: ResponseRuleName): WebSocketError {
  const { text, section } = ResponseRule[reason];
  return new WebSocketError("ERR_HANDSHAKE", `${text} (${section})`);
}

function refusedBy({ status, statusText, headers }: ResponseHead): WebSocketError {
  const { text, section } = ResponseRule.STATUS;
  const message = `${text} (${section}), but the server answered ${status} ${statusText}`.trimEnd();
  const location = getHeader(headers, "location");
  const options: WebSocketErrorOptions = { status };
  if (status < 300 || status > 399 || location === null) {
    return new WebSocketError("ERR_HANDSHAKE_STATUS", message, options);
  }
  return new WebSocketError("ERR_HANDSHAKE_REDIRECT", message, { ...options, location });
}
