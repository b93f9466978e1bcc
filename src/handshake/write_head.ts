/**
 * Writes heads as bytes. Values from callers are checked here, directly before they are written,
 * because a CR or LF in one would let its author add fields or a second message (CVE-2026-1527).
 *
 * @module
 */
import { concat } from "../bytes.ts";
import type { HeaderList, RequestHead, ResponseHead } from "./head.ts";
import { getAll, isToken, listsInclude } from "./header_values.ts";
import { stringToLatin1 } from "./latin1.ts";

const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const TARGET = /^[\x21-\x7e]+$/;

/**
 * Checks the header fields a caller supplies.
 *
 * @throws {TypeError} naming the field, if a name is not a token (RFC 9110 section 5.1), a value
 * contains control or non-latin1 characters (section 5.5), or the name belongs to the handshake:
 * `sec-websocket-*`, and those in `reserved`, which are in lower case.
 */
export function checkFields(headers: HeaderList, reserved: readonly string[]): void {
  for (const [name, value] of headers) {
    checkField(name, value);
    const lower = name.toLowerCase();
    if (lower.startsWith("sec-websocket-") || reserved.includes(lower)) {
      throw new TypeError(`header ${name}: belongs to the opening handshake`);
    }
  }
}

function checkField(name: string, value: string): void {
  if (!isToken(name)) throw new TypeError(`header ${JSON.stringify(name)}: name is not a token`);
  if (!FIELD_VALUE.test(value)) {
    throw new TypeError(`header ${name}: value holds a control or non-latin1 character`);
  }
}

function writeHead(startLine: string, headers: HeaderList): string {
  let text = `${startLine}\r\n`;
  for (const [name, value] of headers) {
    checkField(name, value);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

/**
 * Writes a request without a body.
 *
 * @throws {TypeError} if the method, the target or a header field is malformed.
 */
export function writeRequest(head: RequestHead): Uint8Array {
  if (!isToken(head.method)) throw new TypeError("the method is not a token");
  if (!TARGET.test(head.target)) throw new TypeError("the target is not visible ASCII");
  return stringToLatin1(writeHead(`${head.method} ${head.target} HTTP/1.1`, head.headers));
}

/** Reason phrases for responses of an opening handshake that have none. */
const STATUS_TEXT: ReadonlyMap<number, string> = new Map([
  [101, "Switching Protocols"],
  [302, "Found"],
  [303, "See Other"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [409, "Conflict"],
  [410, "Gone"],
  [413, "Content Too Large"],
  [414, "URI Too Long"],
  [426, "Upgrade Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
  [505, "HTTP Version Not Supported"],
]);

/**
 * Writes a response. A response with status 101 is the head alone. Any other is the last one on its
 * transport. Its `Connection` gets `close` and its `Content-Length` the length of `body`, whatever
 * the head said, because a wrong one would desynchronise a proxy.
 *
 * @throws {RangeError} if the status is not a whole number from 100 to 599.
 * @throws {TypeError} if the reason phrase or a header field is malformed.
 */
export function writeResponse(head: ResponseHead, body: Uint8Array | string = ""): Uint8Array {
  const { status } = head;
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new RangeError(`status ${status}: must be from 100 to 599`);
  }
  const statusText = head.statusText || (STATUS_TEXT.get(status) ?? "");
  if (!FIELD_VALUE.test(statusText)) {
    throw new TypeError("the reason phrase holds a control or non-latin1 character");
  }
  const startLine = `HTTP/1.1 ${status} ${statusText}`;
  if (status < 200) return stringToLatin1(writeHead(startLine, head.headers));

  // RFC 9110 8.6 and 15.4.5: responses with these two have no body.
  const bodiless = status === 204 || status === 304;
  const content = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const connection = getAll(head.headers, "connection");
  if (!listsInclude(connection, "close")) connection.push("close");
  const headers = head.headers.filter(([name]) => !FRAMING.has(name.toLowerCase()));
  headers.push(["Connection", connection.join(", ")]);
  if (!bodiless) headers.push(["Content-Length", String(content.length)]);
  const written = stringToLatin1(writeHead(startLine, headers));
  if (bodiless || content.length === 0) return written;
  return concat([written, content]);
}

const FRAMING: ReadonlySet<string> = new Set(["connection", "content-length", "transfer-encoding"]);
