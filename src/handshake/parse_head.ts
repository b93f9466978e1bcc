/**
 * Parses the text of an HTTP/1.1 head (RFC 9112 sections 3 to 5). It is strict: a head that two
 * parsers could read differently is refused, because request smuggling relies on such heads.
 *
 * @module
 */
import { FieldLines } from "./field_lines.ts";
import type { HeaderList, RequestHead, ResponseHead } from "./head.ts";
import { isToken } from "./header_values.ts";
import type { HeadRuleName } from "./rules.ts";
import { UpgradeFields } from "./upgrade_fields.ts";

// The target may be any text without whitespace. `readUpgrade` checks it.
const REQUEST_LINE = /^([^ \t\r\n]+) ([^ \t\r\n]+) HTTP\/(\d)\.(\d)(?:\r\n|$)/;
const STATUS_LINE = /^HTTP\/(\d)\.(\d) ([1-5]\d\d)(?: ([^\r\n]*))?(?:\r\n|$)/;

/** The head of a request that was read as text. `headers` is made at the first access. */
export class RequestText implements RequestHead {
  readonly text: string;
  readonly method: string;
  readonly target: string;
  /** The fields that decide about an upgrade. */
  readonly fields: UpgradeFields;
  #headers: HeaderList | null = null;

  /** Takes the results of {@linkcode parseRequestHead}. */
  constructor(parts: { text: string; method: string; target: string; fields: UpgradeFields }) {
    this.text = parts.text;
    this.method = parts.method;
    this.target = parts.target;
    this.fields = parts.fields;
  }

  get headers(): HeaderList {
    return this.#headers ??= new FieldLines(this.text).toList() as HeaderList;
  }
}

/**
 * Parses the head of a request: lines separated by CRLF, up to an empty one or the end of the text.
 * Returns the rule that it breaks otherwise.
 */
export function parseRequestHead(text: string): RequestText | HeadRuleName {
  const parts = REQUEST_LINE.exec(text);
  if (parts === null) return "requestLine";
  const [, method = "", target = "", major, minor] = parts;
  if (!isToken(method)) return "requestLine";
  if (major !== "1") return "versionUnknown";
  if (minor === "0") return "versionTooOld";
  const fields = UpgradeFields.read(text);
  return typeof fields === "string" ? fields : new RequestText({ text, method, target, fields });
}

/** Parses the head of a response, as {@linkcode parseRequestHead} does a request's. */
export function parseResponseHead(text: string): ResponseHead | HeadRuleName {
  const parts = STATUS_LINE.exec(text);
  if (parts === null) return "statusLine";
  const [, major, minor, digits, statusText = ""] = parts;
  const status = Number(digits);
  if (major !== "1") return "versionUnknown";
  // An old proxy may refuse in HTTP/1.0, which is worth reporting. HTTP/1.0 cannot upgrade.
  if (minor === "0" && status < 200) return "versionTooOld";
  const headers = new FieldLines(text).toList();
  return typeof headers === "string" ? headers : { status, statusText, headers };
}

/**
 * Makes the text of a head that an HTTP server has parsed. Returns `null` if a part contains a line
 * end, because it would become a line of its own.
 */
export function toHeadText({ method, target, headers }: RequestHead): string | null {
  const parts = [`${method} ${target} HTTP/1.1`];
  for (const [name, value] of headers) parts.push(`${name}: ${value}`);
  return parts.some((part) => /[\r\n]/.test(part)) ? null : `${parts.join("\r\n")}\r\n`;
}
