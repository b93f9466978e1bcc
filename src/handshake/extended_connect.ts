/**
 * The opening handshake over HTTP/2: an extended CONNECT (RFC 8441 sections 4 and 5) and its
 * answers, as header lists. Names are in lower case, and pseudo-header fields come first.
 *
 * @module
 */
import { type AcceptOptions, agreeProtocol, type Refusal, refuse } from "./server_handshake.ts";
import { acceptKey } from "./accept_key.ts";
import type { HeaderList, RequestHead, ResponseHead } from "./head.ts";
import { WebSocketError } from "../errors.ts";
import {
  type AgreedUpgrade,
  makeOfferFields,
  readAgreement,
  type SentUpgrade,
  type UpgradeRequestOptions,
} from "./client_handshake.ts";
import { formatExtensions, getHeader } from "./header_values.ts";
import { checkFields } from "./write_head.ts";

/**
 * Fields that belong to one HTTP/1.1 connection, and make a message of HTTP/2 malformed (RFC 9113
 * section 8.2.2).
 */
export const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** The values of all fields of that name, which is in lower case, as all names of HTTP/2 are. */
export function valuesOf(fields: HeaderList, name: string): string[] {
  return fields.filter(([key]) => key === name).map(([, value]) => value);
}

/** Whether the request is an extended CONNECT for a WebSocket. */
export function isWebSocketConnect(fields: HeaderList): boolean {
  const [protocol] = valuesOf(fields, ":protocol");
  return valuesOf(fields, ":method")[0] === "CONNECT" && protocol?.toLowerCase() === "websocket";
}

/**
 * Translates an extended CONNECT to a request of HTTP/1.1: the method is GET, and `Host` is
 * `:authority`. Returns a refusal if the request is malformed or does not ask for a WebSocket.
 * `readUpgrade` checks the rules that both versions share.
 */
export function readConnect(fields: HeaderList): RequestHead | Refusal {
  const [method] = valuesOf(fields, ":method");
  if (method !== "CONNECT") return refuse("connectMethod");
  if (!isWebSocketConnect(fields)) return refuse("connectProtocol");

  const [target, ...otherTargets] = valuesOf(fields, ":path");
  const schemes = valuesOf(fields, ":scheme");
  if (target === undefined || otherTargets.length > 0 || schemes.length !== 1) {
    return refuse("connectTarget");
  }
  const hosts = valuesOf(fields, "host");
  const [authority = hosts[0], ...otherAuthorities] = valuesOf(fields, ":authority");
  if (otherAuthorities.length > 0 || hosts.some((host) => host !== authority)) {
    return refuse("authority");
  }

  const headers: HeaderList[number][] = authority === undefined ? [] : [["host", authority]];
  for (const field of fields) {
    const [name] = field;
    if (CONNECTION_FIELDS.has(name.toLowerCase())) return refuse("connectionField");
    if (!name.startsWith(":") && name.toLowerCase() !== "host") headers.push(field);
  }
  return { method: "GET", target, version: "2", headers };
}

/**
 * Makes the fields of the answer that opens the connection: status 200, and no
 * `Sec-WebSocket-Accept` (RFC 8441 section 5) unless the client has sent a key.
 *
 * @throws {TypeError} if a header field of the caller is malformed or belongs to the handshake.
 */
export function acceptConnect(options: AcceptOptions): HeaderList {
  const { upgrade, protocol, extensions = [], headers: further = [] } = options;
  checkFields(further, [...CONNECTION_FIELDS, "content-length"]);
  const headers: HeaderList[number][] = [[":status", "200"]];
  if (upgrade.key !== "") headers.push(["sec-websocket-accept", acceptKey(upgrade.key)]);
  const agreed = agreeProtocol(upgrade, protocol);
  if (agreed !== "") headers.push(["sec-websocket-protocol", agreed]);
  if (extensions.length > 0) {
    headers.push(["sec-websocket-extensions", formatExtensions(extensions)]);
  }
  return [...headers, ...toStreamFields(further)];
}

/**
 * Makes a client's request: the fields to send, and the equivalent request of HTTP/1.1. `Host` of
 * the caller becomes `:authority`.
 *
 * @throws {DOMException} if the URL or a subprotocol is wrong, as `makeUpgradeRequest` does.
 * @throws {TypeError} if a header field is malformed or belongs to the handshake.
 */
export function makeConnectRequest(
  options: Omit<UpgradeRequestOptions, "key">,
): { fields: HeaderList; head: RequestHead } {
  const { url, headers: further = [] } = options;
  checkFields(further, [...CONNECTION_FIELDS, "content-length", "te"]);
  const offer = makeOfferFields(options);
  const authority = getHeader(further, "host") ?? url.host;
  const target = url.pathname + url.search;
  const headers = toStreamFields([...offer, ...further]).filter(([name]) => name !== "host");
  const scheme = url.protocol === "wss:" || url.protocol === "https:" ? "https" : "http";
  const fields: HeaderList = [
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", scheme],
    [":path", target],
    [":authority", authority],
    ...headers,
  ];
  return { fields, head: { method: "GET", target, headers: [["host", authority], ...headers] } };
}

/**
 * Checks a response of status 200 (RFC 8441 section 5). An error is returned and not thrown:
 * `ERR_HANDSHAKE` for a broken rule.
 */
export function readConnectResponse(
  { headers }: Pick<ResponseHead, "headers">,
  sent: Omit<SentUpgrade, "key">,
): AgreedUpgrade | WebSocketError {
  const type = getHeader(headers, "content-type");
  if (type === null) return readAgreement(headers, sent);
  // A server that does not know `:protocol` answers as to an ordinary request.
  const why = "a response of status 200 must open the stream, and has no content of its own";
  return new WebSocketError("ERR_HANDSHAKE", `${why} (RFC 8441 5), but it is ${type}`);
}

/** Makes the fields of a response with any other status. */
export function refuseConnect(
  { status, headers }: { readonly status: number; readonly headers: HeaderList },
): HeaderList {
  return [[":status", String(status)], ...toStreamFields(headers)];
}

/** Removes the fields that only HTTP/1.1 has, and puts names in lower case. */
function toStreamFields(headers: HeaderList): HeaderList {
  const fields: HeaderList[number][] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!CONNECTION_FIELDS.has(lower)) fields.push([lower, value]);
  }
  return fields;
}
