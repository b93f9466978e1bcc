/**
 * The field lines of a head (RFC 9112 section 5). They are scanned in the text. Only requested
 * values become strings of their own, because an opening handshake needs few of them.
 *
 * @module
 */
import type { HeaderList } from "./head.ts";
import { isSpace, listsInclude, tokenEnd, trimSpace } from "./header_values.ts";
import type { HeadRuleName } from "./rules.ts";

const COLON = 0x3a;
/** Lower-cases A to Z by OR-ing 0x20. No other token character becomes a letter or hyphen. */
const LOWER_CASE_BIT = 0x20;

/** The value of a field; a list if the field was repeated; `null` if it is missing. */
export type FieldValue = string | readonly string[] | null;

/** Whether a field was repeated. */
export function isRepeated(value: FieldValue): value is readonly string[] {
  return typeof value === "object" && value !== null;
}

/** The values of a field as a list. */
export function toList(value: FieldValue): readonly string[] {
  return value === null ? [] : typeof value === "string" ? [value] : value;
}

/** Whether a comma-separated field contains the token, in any case. */
export function hasToken(value: FieldValue, token: string): boolean {
  return listsInclude(toList(value), token);
}

/** A cursor over the field lines of a head. It begins before the first. */
export class FieldLines {
  readonly #text: string;
  #nextAt: number;
  #start = 0; // of the current line and of its name
  #nameEnd = 0;
  #end = 0;

  /** Takes lines separated by CRLF. The first is not a field; an empty line ends the fields. */
  constructor(text: string) {
    this.#text = text;
    this.#nextAt = lineEnd(text, 0) + 2;
  }

  /** Moves to the next line. Returns `false` if there is none. */
  next(): boolean {
    const start = this.#start = this.#nextAt;
    if (start >= this.#text.length) return false;
    this.#end = lineEnd(this.#text, start);
    this.#nextAt = this.#end + 2;
    this.#nameEnd = tokenEnd(this.#text, start);
    return this.#end > start;
  }

  /** The rule that the line breaks, or `null`. */
  get fault(): HeadRuleName | null {
    const text = this.#text, start = this.#start, end = this.#nameEnd;
    if (isSpace(text.charCodeAt(start))) return "obsFold";
    return end > start && text.charCodeAt(end) === COLON ? null : "fieldName";
  }

  /** Length of the line's name. */
  get nameLength(): number {
    return this.#nameEnd - this.#start;
  }

  /** Whether the line has this name. `name` is in lower case, and has `nameLength` characters. */
  isNamed(name: string): boolean {
    for (let at = 0; at < name.length; at++) {
      if ((this.#text.charCodeAt(this.#start + at) | LOWER_CASE_BIT) !== name.charCodeAt(at)) {
        return false;
      }
    }
    return true;
  }

  /** The line's value, without the whitespace around it. */
  get value(): string {
    return trimSpace(this.#text, this.#nameEnd + 1, this.#end);
  }

  /** Appends the line's value to earlier values of the same name. */
  after(values: FieldValue): FieldValue {
    if (values === null) return this.value;
    return typeof values === "string" ? [values, this.value] : [...values, this.value];
  }

  /** Returns all lines that follow as a list, or the first rule that one of them breaks. */
  toList(): HeaderList | HeadRuleName {
    const headers: HeaderList[number][] = [];
    while (this.next()) {
      const { fault } = this;
      if (fault !== null) return fault;
      headers.push([this.#text.slice(this.#start, this.#nameEnd), this.value]);
    }
    return headers;
  }
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\r\n", start);
  return end < 0 ? text.length : end;
}
