/**
 * The text of an HTTP/1.1 head (RFC 9112 sections 3 to 5) as a value. Strict: what two
 * parsers could read in two ways is refused, for that is how requests are smuggled.
 *
 * @module
 */
import { FieldLines } from "./field_lines.ts";
import type { HeaderList, RequestHead, ResponseHead } from "./head.ts";
import { isToken } from "./header_values.ts";
import type { HeadRuleName } from "./rules.ts";
import { UpgradeFields } from "./upgrade_fields.ts";

// The target is left to the opening handshake; here it is any run without whitespace.
const REQUEST_LINE = /^([^ \t\r\n]+) ([^ \t\r\n]+) HTTP\/(\d)\.(\d)(?:\r\n|$)/;
const STATUS_LINE = /^HTTP\/(\d)\.(\d) ([1-5]\d\d)(?: ([^\r\n]*))?(?:\r\n|$)/;

/** A request's head as it was read. Its fields are cut out of the text when somebody asks. */
export class RequestText implements RequestHead {
  readonly text: string;
  readonly method: string;
  readonly target: string;
  /** What it says about an upgrade. */
  readonly fields: UpgradeFields;
  #headers: HeaderList | null = null;

  /** What {@linkcode parseRequestHead} has read. */
  constructor(parts: { text: string; method: string; target: string; fields: UpgradeFields }) {
    this.text = parts.text;
    this.method = parts.method;
    this.target = parts.target;
    this.fields = parts.fields;
  }

  get headers(): HeaderList {
    return this.#headers ??= new FieldLines(this.text).cut() as HeaderList;
  }
}

/** Reads the head of a request: lines parted by CRLF, up to an empty one or the end of the text. */
export function parseRequestHead(text: string): RequestText | HeadRuleName {
  const parts = REQUEST_LINE.exec(text);
  if (parts === null) return "REQUEST_LINE";
  const [, method = "", target = "", major, minor] = parts;
  if (!isToken(method)) return "REQUEST_LINE";
  if (major !== "1") return "VERSION_UNKNOWN";
  if (minor === "0") return "VERSION_TOO_OLD";
  const fields = UpgradeFields.read(text);
  return typeof fields === "string" ? fields : new RequestText({ text, method, target, fields });
}

/** Reads the head of a response, as {@linkcode parseRequestHead} that of a request. */
export function parseResponseHead(text: string): ResponseHead | HeadRuleName {
  const parts = STATUS_LINE.exec(text);
  if (parts === null) return "STATUS_LINE";
  const [, major, minor, digits, statusText = ""] = parts;
  const status = Number(digits);
  if (major !== "1") return "VERSION_UNKNOWN";
  // A refusal may come from an old proxy and is worth telling; HTTP/1.0 cannot upgrade.
  if (minor === "0" && status < 200) return "VERSION_TOO_OLD";
  const headers = new FieldLines(text).cut();
  return typeof headers === "string" ? headers : { status, statusText, headers };
}

/** The text of a head that an HTTP server has read; `null` when a part of it would be a line of its own. */
export function toHeadText({ method, target, headers }: RequestHead): string | null {
  const parts = [`${method} ${target} HTTP/1.1`];
  for (const [name, value] of headers) parts.push(`${name}: ${value}`);
  return parts.some((part) => /[\r\n]/.test(part)) ? null : `${parts.join("\r\n")}\r\n`;
}
