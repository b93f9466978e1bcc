/**
 * The text of an HTTP/1.1 head (RFC 9112 sections 3 to 5) as a value. Strict: what two
 * parsers could read in two ways is refused, for that is how requests are smuggled.
 *
 * @module
 */
import type { HeaderList, RequestHead, ResponseHead } from "./head.ts";
import { isToken, trimSpace } from "./header_values.ts";
import type { HeadRuleName } from "./rules.ts";

// The target is left to the opening handshake; here it is any run without whitespace.
const REQUEST_LINE = /^([^ \t]+) ([^ \t]+) HTTP\/(\d)\.(\d)$/;
const STATUS_LINE = /^HTTP\/(\d)\.(\d) ([1-5]\d\d)(?: (.*))?$/;

/** Reads the head of a request: lines parted by CRLF, without the empty last one. */
export function parseRequestHead(text: string): RequestHead | HeadRuleName {
  const lines = text.split("\r\n");
  const parts = REQUEST_LINE.exec(lines[0] ?? "");
  if (parts === null) return "REQUEST_LINE";
  const [, method = "", target = "", major, minor] = parts;
  if (!isToken(method)) return "REQUEST_LINE";
  if (major !== "1") return "VERSION_UNKNOWN";
  if (minor === "0") return "VERSION_TOO_OLD";
  const headers = parseFields(lines);
  return typeof headers === "string" ? headers : { method, target, headers };
}

/** Reads the head of a response: lines parted by CRLF, without the empty last one. */
export function parseResponseHead(text: string): ResponseHead | HeadRuleName {
  const lines = text.split("\r\n");
  const parts = STATUS_LINE.exec(lines[0] ?? "");
  if (parts === null) return "STATUS_LINE";
  const [, major, minor, digits, statusText = ""] = parts;
  const status = Number(digits);
  if (major !== "1") return "VERSION_UNKNOWN";
  // A refusal may come from an old proxy and is worth telling; HTTP/1.0 cannot upgrade.
  if (minor === "0" && status < 200) return "VERSION_TOO_OLD";
  const headers = parseFields(lines);
  return typeof headers === "string" ? headers : { status, statusText, headers };
}

/** Reads the header fields, which are all lines but the first. */
function parseFields(lines: readonly string[]): HeaderList | HeadRuleName {
  const headers: [name: string, value: string][] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (line.startsWith(" ") || line.startsWith("\t")) return "OBS_FOLD";
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (!isToken(name)) return "FIELD_NAME";
    headers.push([name, trimSpace(line.slice(colon + 1))]);
  }
  return headers;
}
