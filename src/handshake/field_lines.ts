/**
 * The field lines of a head (RFC 9112 section 5), walked over without cutting them apart: an
 * opening handshake asks for few of them, and nothing is garbage but what it asks for.
 *
 * @module
 */
import type { HeaderList } from "./head.ts";
import { isSpace, listsInclude, tokenEnd, trimSpace } from "./header_values.ts";
import type { HeadRuleName } from "./rules.ts";

const COLON = 0x3a;
/** Makes a capital letter small, and of all that a token may hold nothing else a letter or hyphen. */
const SMALL = 0x20;

/** The value of a field, all values of one that was repeated, or `null` for none. */
export type FieldValue = string | readonly string[] | null;

/** Whether a field was repeated. */
export function isRepeated(value: FieldValue): value is readonly string[] {
  return typeof value === "object" && value !== null;
}

/** All values of a field. */
export function toList(value: FieldValue): readonly string[] {
  return value === null ? [] : typeof value === "string" ? [value] : value;
}

/** Whether a field whose value is a list holds the token, in any case. */
export function hasToken(value: FieldValue, token: string): boolean {
  return listsInclude(toList(value), token);
}

/** A place among the lines of a head, at first before all of them. */
export class FieldLines {
  readonly #text: string;
  #nextAt: number;
  #start = 0; // of the line, which is the start of its name
  #nameEnd = 0;
  #end = 0;

  /** Lines are parted by CRLF. The first is not a field; an empty one, or the text, ends them. */
  constructor(text: string) {
    this.#text = text;
    this.#nextAt = lineEnd(text, 0) + 2;
  }

  /** Goes to the next line; `false` when there is none. */
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
    if (isSpace(text.charCodeAt(start))) return "OBS_FOLD";
    return end > start && text.charCodeAt(end) === COLON ? null : "FIELD_NAME";
  }

  /** Length of the name. */
  get nameLength(): number {
    return this.#nameEnd - this.#start;
  }

  /** Whether the name is this one, which is a token of as many characters in lower case. */
  isNamed(name: string): boolean {
    for (let at = 0; at < name.length; at++) {
      if ((this.#text.charCodeAt(this.#start + at) | SMALL) !== name.charCodeAt(at)) return false;
    }
    return true;
  }

  /** The value, without the spaces around it. */
  get value(): string {
    return trimSpace(this.#text, this.#nameEnd + 1, this.#end);
  }

  /** The value behind those of the same name. */
  after(values: FieldValue): FieldValue {
    if (values === null) return this.value;
    return typeof values === "string" ? [values, this.value] : [...values, this.value];
  }

  /** All fields that follow, or the first rule that one of them breaks. */
  cut(): HeaderList | HeadRuleName {
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
