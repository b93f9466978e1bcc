/**
 * The server's side of the opening handshake (RFC 6455 section 4.2): checks a request, and makes
 * the response that accepts or refuses it.
 *
 * @module
 */
import { acceptKey, type HashToBase64, isKey, writeAcceptKey } from "./accept_key.ts";
import { type FieldValue, hasToken, isRepeated, toList } from "./field_lines.ts";
import type { HeaderList, RequestHead, ResponseHead } from "./head.ts";
import {
  type ExtensionOffer,
  formatExtensions,
  parseExtensions,
  parseTokens,
} from "./header_values.ts";
import { stringToLatin1 } from "./latin1.ts";
import { type OriginSubject, withoutDefaultPort } from "./origin_policy.ts";
import { RequestText, toHeadText } from "./parse_head.ts";
import {
  type ConnectRuleName,
  ConnectRules,
  type HeadRuleName,
  HeadRules,
  type RequestRuleName,
  RequestRules,
} from "./rules.ts";
import { UpgradeFields } from "./upgrade_fields.ts";
import { checkFields, writeResponse } from "./write_head.ts";

/** A valid request, which may become a connection. */
export interface UpgradeRequest extends OriginSubject {
  /**
   * The value of `Sec-WebSocket-Key`; `""` if there is none, as in most requests over HTTP/2, which
   * does not use it (RFC 8441 section 5).
   */
  readonly key: string;
  /**
   * Path and query, beginning with `/`. To make a URL of it, put it behind `http://` and `host`.
   * Do not resolve it against a base URL: `//a` would become a host.
   */
  readonly path: string;
  /** Subprotocols the client offers, in its order. */
  readonly protocols: readonly string[];
  /** Extensions the client offers, in its order. */
  readonly extensions: readonly ExtensionOffer[];
  /** The head as text. */
  readonly text: string;
}

/** The answer to a request that breaks a rule. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  /** The fields that belong to the status. {@linkcode writeRefusal} adds the others. */
  readonly headers: HeaderList;
  /** One line of text for people: the rule and its section. */
  readonly body: string;
  /** Stable name of the rule. */
  readonly reason: RequestRuleName | HeadRuleName | ConnectRuleName;
}

// RFC 3986 3.2 without user information, and without a comma, which joins repeated fields.
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~%!$&'()*+;=]+)(?::\d{0,5})?$/;
// RFC 9112 3.2.1 and 3.2.2, with all visible ASCII as browsers send it, but no fragment.
const TARGET = /^(?:(https?|wss?):\/\/([^/?#]+))?((?:[/?][\x21\x22\x24-\x7e]*)?)$/i;

const NO_PROTOCOLS: readonly string[] = [];

/**
 * Checks a request against RFC 6455 section 4.2.1. A result with the property `reason` is a
 * refusal. In the other case `http://` + `host` + `path` is a valid URL.
 */
export function readUpgrade(head: RequestHead): UpgradeRequest | Refusal {
  const { version = "1.1", text = toHeadText(head) } = head;
  const isHttp2 = version === "2"; // a request of `readConnect`, without what upgrades HTTP/1.1
  if (version !== "1.1" && !isHttp2) {
    return refuse(/^1\./.test(version) ? "versionTooOld" : "versionUnknown");
  }
  if (head.method !== "GET") return refuse("method");
  if (text === null) return refuse("controlByte");
  const fields = head instanceof RequestText ? head.fields : UpgradeFields.read(text);
  if (typeof fields === "string") return refuse(fields);

  const host = fields.host ?? "";
  if (isRepeated(host)) return refuse("host");
  const target = readTarget(host, head.target);
  if (typeof target === "string") return refuse(target);

  // A proxy that honours these fields could read our frames as a body, which is request smuggling.
  if ((fields.contentLength ?? "0") !== "0" || fields.transferEncoding !== null) {
    return refuse("body");
  }

  if (!isHttp2) {
    if (!hasToken(fields.upgrade, "websocket")) return refuse("upgrade");
    if (!hasToken(fields.connection, "upgrade")) return refuse("connection");
  }

  if (isRepeated(fields.version)) return refuse("versionRepeated");
  if (fields.version !== "13") return refuse(isHttp2 ? "connectVersion" : "version");

  const key = isHttp2 ? readUnusedKey(fields.key) : fields.key ?? "";
  if (isRepeated(key)) return refuse("keyRepeated");
  if (!isHttp2 && !isKey(key)) return refuse("key");

  const { origin } = fields;
  if (isRepeated(origin)) return refuse("originRepeated");

  // Both may be repeated (RFC 6455 11.3.2 and 11.3.4).
  const protocols = fields.protocol === null ? NO_PROTOCOLS : parseTokens(toList(fields.protocol));
  if (protocols === null) return refuse("protocol");
  if (protocols.length > 1 && new Set(protocols).size < protocols.length) {
    return refuse("protocolRepeated");
  }
  const extensions = fields.extensions === null ? [] : parseExtensions(toList(fields.extensions));
  if (extensions === null) return refuse("extensions");

  return { key, host, path: target.path, origin, protocols, extensions, head, text };
}

/**
 * Returns host and path of a request that {@linkcode readUpgrade} has accepted, of any version of
 * HTTP.
 *
 * @throws {Error} if it was not accepted.
 */
export function placeOf(head: RequestText): Omit<RequestTarget, "target"> {
  const host = head.fields.host ?? "";
  const place = isRepeated(host) ? "host" : readTarget(host, head.target);
  if (typeof place === "string") throw new Error("not a request that was accepted");
  return place;
}

/**
 * Reads the key of a client that sends one over HTTP/2 although it is not used there, and checks
 * the answer to it, as undici 7 does.
 */
function readUnusedKey(key: FieldValue): string {
  return typeof key === "string" && isKey(key) ? key : "";
}

/** A valid request target, with the host that it is valid for. */
interface RequestTarget {
  readonly host: string;
  readonly target: string;
  readonly path: string;
}

/**
 * The last valid target. Most requests to a server have the same, which saves parsing it as a URL.
 * Safe to share, because it depends on nothing but host and target.
 */
let lastTarget: RequestTarget | null = null;

/** Checks host and target. Returns the rule that is broken otherwise. */
function readTarget(host: string, target: string): RequestTarget | "host" | "target" {
  if (lastTarget !== null && lastTarget.host === host && lastTarget.target === target) {
    return lastTarget;
  }
  if (!HOST.test(host)) return "host";
  const path = readPath(target, host);
  if (path === null) return "target";
  // The grammar allows hosts that are no names or addresses: 1.2.3.256, xn--a.
  if (!URL.canParse(`http://${host}${path}`)) return "host";
  return lastTarget = { host, target, path };
}

/**
 * Returns the path of a request target, or `null` if it is invalid. A URL as target must have the
 * same authority as `Host` (RFC 9112 section 3.2), apart from the default port of its scheme.
 * Otherwise the peer could choose the host of the URL that an application makes of the target
 * (GHSA-c4j6-fc7j-m34r).
 */
function readPath(target: string, host: string): string | null {
  const parts = TARGET.exec(target);
  if (parts === null) return null;
  const [, scheme = "", authority, path = ""] = parts;
  if (authority === undefined) return path.startsWith("/") ? path : null;
  if (hostIn(authority, scheme) !== hostIn(host, scheme)) return null;
  return path.startsWith("/") ? path : `/${path}`;
}

/** Host and port in the form of a URL of this scheme: lower case, without the default port. */
function hostIn(authority: string, scheme: string): string {
  return withoutDefaultPort(authority.toLowerCase(), scheme.toLowerCase());
}

/** The content type of a refusal's body. */
export const PLAIN_TEXT: HeaderList[number] = ["Content-Type", "text/plain; charset=utf-8"];

const RULES = /* @__PURE__ */ Object.assign({}, HeadRules, RequestRules, ConnectRules);

/** Makes the refusal for a broken rule: its status, the fields of that status, one line of text. */
export function refuse(reason: Refusal["reason"]): Refusal {
  const { status, section, text } = RULES[reason];
  const headers: HeaderList[number][] = [PLAIN_TEXT];
  if (status === 405) headers.push(["Allow", "GET"]);
  if (reason === "connectMethod") headers[1] = ["Allow", "CONNECT"];
  if (reason === "connectVersion") headers.push(["Sec-WebSocket-Version", "13"]);
  if (status === 426) {
    // RFC 9110 15.5.22 and RFC 6455 4.4: name the protocol to upgrade to, and its version.
    headers.push(["Upgrade", "websocket"], ["Connection", "Upgrade"]);
    headers.push(["Sec-WebSocket-Version", "13"]);
  }
  return { status, headers, body: `${text} (${section})\n`, reason };
}

/** Writes a refusal. The transport has to be ended after it. */
export function writeRefusal(refusal: Omit<Refusal, "reason">): Uint8Array {
  const { status, headers, body } = refusal;
  return writeResponse({ status, statusText: "", headers }, body);
}

/** Options of {@linkcode acceptUpgrade}. */
export interface AcceptOptions {
  /** The request that is accepted. */
  readonly upgrade: Pick<UpgradeRequest, "key" | "protocols">;
  /** The handler's subprotocol. It is used only if the client offered it. */
  readonly protocol?: string | undefined;
  /** The accepted extensions, which must be among those offered. */
  readonly extensions?: readonly ExtensionOffer[];
  /** Further header fields, a cookie for example. */
  readonly headers?: HeaderList;
  /** The SHA-1 of the runtime. Default: our own. */
  readonly hash?: HashToBase64 | undefined;
}

/**
 * Returns the handler's subprotocol if the client offered it, else `""` (RFC 6455 section 4.2.2
 * /subprotocol/).
 */
export function agreeProtocol(
  upgrade: Pick<UpgradeRequest, "protocols">,
  protocol: string | undefined,
): string {
  return protocol !== undefined && upgrade.protocols.includes(protocol) ? protocol : "";
}

/**
 * Makes the response that opens the connection (RFC 6455 section 4.2.2 (5)).
 *
 * @throws {TypeError} if a header field of the caller is malformed or belongs to the handshake.
 */
export function acceptUpgrade(options: AcceptOptions): ResponseHead {
  const { upgrade, protocol, extensions = [], headers: further = [], hash } = options;
  checkFields(further, ["upgrade", "connection", "content-length", "transfer-encoding"]);
  const headers: [name: string, value: string][] = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptKey(upgrade.key, hash)],
  ];
  const agreed = agreeProtocol(upgrade, protocol);
  if (agreed !== "") headers.push(["Sec-WebSocket-Protocol", agreed]);
  if (extensions.length > 0) {
    headers.push(["Sec-WebSocket-Extensions", formatExtensions(extensions)]);
  }
  return { status: 101, statusText: "Switching Protocols", headers: [...headers, ...further] };
}

const BEFORE_ACCEPT = "HTTP/1.1 101 Switching Protocols\r\n" +
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
/**
 * The bytes of the usual response. Marked pure, so that a bundler drops it from clients. It is safe
 * to share, because it is changed and sent in one synchronous call.
 */
const ACCEPTANCE = /* @__PURE__ */ makeAcceptance();

function makeAcceptance(): Uint8Array {
  return stringToLatin1(`${BEFORE_ACCEPT}${" ".repeat(28)}\r\n\r\n`);
}

/**
 * Writes the response of {@linkcode acceptUpgrade}. In the usual case, where nothing was
 * negotiated, only the accept value changes, so the same bytes are returned each time. They are
 * valid until the next call.
 *
 * @throws {TypeError} as `acceptUpgrade` does.
 */
export function writeAcceptance(options: AcceptOptions): Uint8Array {
  const { upgrade, protocol, extensions = [], headers = [], hash } = options;
  if (extensions.length > 0 || headers.length > 0 || agreeProtocol(upgrade, protocol) !== "") {
    return writeResponse(acceptUpgrade(options));
  }
  writeAcceptKey(upgrade.key, ACCEPTANCE, { at: BEFORE_ACCEPT.length, hash });
  return ACCEPTANCE;
}
