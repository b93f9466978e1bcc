/**
 * The server's side of the opening handshake (RFC 6455 section 4.2): a request in, a
 * request for an upgrade or a refusal out, and the answer to either.
 *
 * @module
 */
import { acceptKey, isKey, writeAcceptKey } from "./accept_key.ts";
import { hasToken, isRepeated, toList } from "./field_lines.ts";
import type { HeaderList, RequestHead, ResponseHead } from "./head.ts";
import {
  type ExtensionOffer,
  formatExtensions,
  parseExtensions,
  parseTokens,
} from "./header_values.ts";
import { stringToLatin1 } from "./latin1.ts";
import type { OriginSubject } from "./origin_policy.ts";
import { RequestText, toHeadText } from "./parse_head.ts";
import { HeadRule, type HeadRuleName, RequestRule, type RequestRuleName } from "./rules.ts";
import { UpgradeFields } from "./upgrade_fields.ts";
import { checkFields, writeResponse } from "./write_head.ts";

/** A request that may become a connection. */
export interface UpgradeRequest extends OriginSubject {
  /** The value of `Sec-WebSocket-Key`. */
  readonly key: string;
  /** Path and query, beginning with `/`. Put it behind `http://` and `host`; resolved as a URL, `//a` is a host. */
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
  /** What the status asks for; {@linkcode writeRefusal} adds the rest. */
  readonly headers: HeaderList;
  /** One line for people: the rule and its section. */
  readonly body: string;
  /** Stable name of the rule. */
  readonly reason: RequestRuleName | HeadRuleName;
}

// RFC 3986 3.2 without user information, and without a comma, which joins repeated fields.
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~%!$&'()*+;=]+)(?::\d{0,5})?$/;
// RFC 9112 3.2.1 and 3.2.2, with all visible ASCII as browsers send it, but no fragment.
const TARGET = /^(?:(?:https?|wss?):\/\/([^/?#]+))?((?:[/?][\x21\x22\x24-\x7e]*)?)$/i;

const NONE: readonly string[] = [];

/**
 * Checks a request against RFC 6455 section 4.2.1. `"reason" in` the answer tells a
 * refusal. `http://` + `host` + `path` of the other is sure to parse as a URL.
 */
export function readUpgrade(head: RequestHead): UpgradeRequest | Refusal {
  const { version = "1.1", text = toHeadText(head) } = head;
  if (version !== "1.1") {
    return refuse(/^1\./.test(version) ? "VERSION_TOO_OLD" : "VERSION_UNKNOWN");
  }
  if (head.method !== "GET") return refuse("METHOD");
  if (text === null) return refuse("CONTROL_BYTE");
  const fields = head instanceof RequestText ? head.fields : UpgradeFields.read(text);
  if (typeof fields === "string") return refuse(fields);

  const host = fields.host ?? "";
  if (isRepeated(host)) return refuse("HOST");
  const place = findPlace(host, head.target);
  if (typeof place === "string") return refuse(place);

  // Who counts a body would take for one what we take for frames: requests could be smuggled.
  if ((fields.contentLength ?? "0") !== "0" || fields.transferEncoding !== null) {
    return refuse("BODY");
  }

  if (!hasToken(fields.upgrade, "websocket")) return refuse("UPGRADE");
  if (!hasToken(fields.connection, "upgrade")) return refuse("CONNECTION");

  if (isRepeated(fields.version)) return refuse("VERSION_REPEATED");
  if (fields.version !== "13") return refuse("VERSION");

  const key = fields.key ?? "";
  if (isRepeated(key)) return refuse("KEY_REPEATED");
  if (!isKey(key)) return refuse("KEY");

  const { origin } = fields;
  if (isRepeated(origin)) return refuse("ORIGIN_REPEATED");

  // Both may be repeated (RFC 6455 11.3.2 and 11.3.4).
  const protocols = fields.protocol === null ? NONE : parseTokens(toList(fields.protocol));
  if (protocols === null) return refuse("PROTOCOL");
  if (protocols.length > 1 && new Set(protocols).size < protocols.length) {
    return refuse("PROTOCOL_REPEATED");
  }
  const extensions = fields.extensions === null ? [] : parseExtensions(toList(fields.extensions));
  if (extensions === null) return refuse("EXTENSIONS");

  return { key, host, path: place.path, origin, protocols, extensions, head, text };
}

/** What a request asks for. */
interface Place {
  readonly host: string;
  readonly target: string;
  readonly path: string;
}

/** What was found to be good last: nearly all requests ask a server for the same. */
let lastPlace: Place | null = null;

/** Checks host and target; names the rule that is broken. */
function findPlace(host: string, target: string): Place | "HOST" | "TARGET" {
  if (lastPlace !== null && lastPlace.host === host && lastPlace.target === target) {
    return lastPlace;
  }
  if (!HOST.test(host)) return "HOST";
  const path = readPath(target, host);
  if (path === null) return "TARGET";
  // Names and addresses can be wrong in more ways than the grammar tells: 1.2.3.256, xn--a.
  if (!URL.canParse(`http://${host}${path}`)) return "HOST";
  return lastPlace = { host, target, path };
}

/**
 * The path of a request target, or `null`. A URL as target is only taken with the
 * authority that `Host` has (RFC 9112 3.2 asks for that): believed, it would steer
 * whoever resolves the target to a host of the peer's choice (GHSA-c4j6-fc7j-m34r).
 */
function readPath(target: string, host: string): string | null {
  const parts = TARGET.exec(target);
  if (parts === null) return null;
  const [, authority, path = ""] = parts;
  if (authority === undefined) return path.startsWith("/") ? path : null;
  if (authority.toLowerCase() !== host.toLowerCase()) return null;
  return path.startsWith("/") ? path : `/${path}`;
}

/** The kind of body that a refusal has. */
export const PLAIN_TEXT: HeaderList[number] = ["Content-Type", "text/plain; charset=utf-8"];

const RULES = /* @__PURE__ */ Object.assign({}, HeadRule, RequestRule);

/** The refusal for a broken rule: its status, what the status asks for, one line of text. */
export function refuse(reason: RequestRuleName | HeadRuleName): Refusal {
  const { status, section, text } = RULES[reason];
  const headers: HeaderList[number][] = [PLAIN_TEXT];
  if (status === 405) headers.push(["Allow", "GET"]);
  if (status === 426) {
    // RFC 9110 15.5.22 and RFC 6455 4.4: say what to upgrade to, and which version of it.
    headers.push(["Upgrade", "websocket"], ["Connection", "Upgrade"]);
    headers.push(["Sec-WebSocket-Version", "13"]);
  }
  return { status, headers, body: `${text} (${section})\n`, reason };
}

/** Writes a refusal, after which the transport is to be ended. */
export function writeRefusal(refusal: Omit<Refusal, "reason">): Uint8Array {
  const { status, headers, body } = refusal;
  return writeResponse({ status, statusText: "", headers }, body);
}

/** What the server agrees to. */
export interface AcceptOptions {
  /** The request that is accepted. */
  readonly upgrade: Pick<UpgradeRequest, "key" | "protocols">;
  /** The handler's subprotocol. Answered only if the client offered it. */
  readonly protocol?: string | undefined;
  /** The extensions agreed on, which must be among those offered. */
  readonly extensions?: readonly ExtensionOffer[];
  /** Further header fields, a cookie for example. */
  readonly headers?: HeaderList;
}

/** The handler's subprotocol if the client offered it, else `""` (RFC 6455 section 4.2.2 /subprotocol/). */
export function agreeProtocol(
  upgrade: Pick<UpgradeRequest, "protocols">,
  protocol: string | undefined,
): string {
  return protocol !== undefined && upgrade.protocols.includes(protocol) ? protocol : "";
}

/**
 * The response that opens the connection (RFC 6455 section 4.2.2 (5)).
 *
 * @throws {TypeError} if a header field of the caller is malformed or the handshake's own.
 */
export function acceptUpgrade(options: AcceptOptions): ResponseHead {
  const { upgrade, protocol, extensions = [], headers: further = [] } = options;
  checkFields(further, ["upgrade", "connection", "content-length", "transfer-encoding"]);
  const headers: [name: string, value: string][] = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptKey(upgrade.key)],
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
const ACCEPTANCE = /* @__PURE__ */ makeAcceptance(); // pure: bundles of clients go without it

function makeAcceptance(): Uint8Array {
  return stringToLatin1(`${BEFORE_ACCEPT}${" ".repeat(28)}\r\n\r\n`);
}

/**
 * Writes what {@linkcode acceptUpgrade} gives. The common case, where nothing was
 * negotiated, only puts the accept value into bytes that are always the same: they are the
 * caller's until the next call.
 *
 * @throws {TypeError} as `acceptUpgrade` does.
 */
export function writeAcceptance(options: AcceptOptions): Uint8Array {
  const { upgrade, protocol, extensions = [], headers = [] } = options;
  if (extensions.length > 0 || headers.length > 0 || agreeProtocol(upgrade, protocol) !== "") {
    return writeResponse(acceptUpgrade(options));
  }
  writeAcceptKey(upgrade.key, ACCEPTANCE, BEFORE_ACCEPT.length);
  return ACCEPTANCE;
}
