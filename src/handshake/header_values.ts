/**
 * Parses values of header fields: lists of tokens (RFC 9110 section 5.6) and of extensions
 * (RFC 6455 section 9.1). It is written as one pass without regular expressions, because those took
 * quadratic time for long runs of whitespace and open quotes elsewhere (CVE-2021-32640,
 * CVE-2020-7662). Parameters are lists of pairs and not objects, because a name may be `__proto__`.
 *
 * @module
 */
import type { HeaderList } from "./head.ts";

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/;
/** By character code: 1 if a token may contain it (RFC 9110 section 5.6.2). */
const IN_TOKEN = Uint8Array.from(
  { length: 0x80 },
  (_, code) => Number(TOKEN.test(String.fromCharCode(code))),
);

/** The end of the token that begins at `start`. It is `start` if there is no token. */
export function tokenEnd(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80 || IN_TOKEN[code] === 0) break;
  }
  return at;
}

/** Whether the text is a token: not empty, and without whitespace and separators. */
export function isToken(text: string): boolean {
  return text !== "" && tokenEnd(text, 0) === text.length;
}

/**
 * `text[from, to)` without spaces and tabs around it. `trim` would remove other whitespace, too.
 */
export function trimSpace(text: string, from = 0, to: number = text.length): string {
  let start = from, end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Whether the character code is that of a space or a tab. */
export function isSpace(character: number): boolean {
  return character === 0x20 || character === 0x09;
}

/**
 * Whether two tokens are equal, ignoring the case of ASCII letters. Other letters never match,
 * although the Kelvin sign is a `k` to `toLowerCase`.
 */
export function isSameToken(text: string, other: string): boolean {
  return text.length === other.length && text.toLowerCase() === other.toLowerCase() &&
    isToken(text);
}

/** The value of the first field of that name, in any case, or `null`. */
export function getHeader(headers: HeaderList, name: string): string | null {
  for (const [key, value] of headers) {
    if (isSameToken(key, name)) return value;
  }
  return null;
}

/** The values of all fields of that name, in any case, in order. */
export function getAll(headers: HeaderList, name: string): string[] {
  const values: string[] = [];
  for (const [key, value] of headers) {
    if (isSameToken(key, name)) values.push(value);
  }
  return values;
}

/** Splits comma-separated lists. Empty elements are left out (RFC 9110 section 5.6.1.2). */
export function splitLists(values: readonly string[]): string[] {
  const elements: string[] = [];
  for (const value of values) {
    for (const part of value.split(",")) {
      const element = trimSpace(part);
      if (element !== "") elements.push(element);
    }
  }
  return elements;
}

/** Whether comma-separated lists contain the token, in any case. */
export function listsInclude(values: readonly string[], token: string): boolean {
  if (values.length === 1 && isSameToken(values[0]!, token)) return true; // the usual case
  return splitLists(values).some((each) => isSameToken(each, token));
}

/** Parses comma-separated tokens. Returns `null` if there are none or one is not a token. */
export function parseTokens(values: readonly string[]): string[] | null {
  const tokens = splitLists(values);
  return tokens.length > 0 && tokens.every(isToken) ? tokens : null;
}

/** An extension, offered or accepted (RFC 6455 section 9.1). */
export interface ExtensionOffer {
  /** The registered token, for example `permessage-deflate`. */
  readonly name: string;
  /** The parameters in order, repeated ones included. The value is `true` if there is none. */
  readonly params: readonly (readonly [name: string, value: string | true])[];
}

/** Parses lists of extensions. Returns `null` if there are none or the grammar is broken. */
export function parseExtensions(values: readonly string[]): ExtensionOffer[] | null {
  const offers: ExtensionOffer[] = [];
  for (const value of values) {
    const cursor = new Cursor(value);
    do {
      const name = cursor.takeToken();
      if (name === "") continue; // an empty element, or a syntax error that `atEnd` finds
      const params: [name: string, value: string | true][] = [];
      while (cursor.take(";")) {
        const param = cursor.takeToken();
        const content = cursor.take("=") ? cursor.takeTokenOrQuoted() : true;
        if (param === "" || content === "") return null;
        params.push([param, content]);
      }
      offers.push({ name, params });
    } while (cursor.take(","));
    if (!cursor.atEnd) return null;
  }
  return offers.length > 0 ? offers : null;
}

/**
 * Writes extensions as one field value.
 *
 * @throws {TypeError} if a name or value is not a token.
 */
export function formatExtensions(extensions: readonly ExtensionOffer[]): string {
  return extensions.map(({ name, params }) =>
    [[name, true] as const, ...params].map(([key, value]) => {
      if (!isToken(key) || value !== true && !isToken(value)) {
        throw new TypeError(`extension ${JSON.stringify(name)}: not a token (RFC 6455 9.1)`);
      }
      return value === true ? key : `${key}=${value}`;
    }).join("; ")
  ).join(", ");
}

/** A cursor in a field value. Each method also skips the whitespace behind what it takes. */
class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    this.#skipSpace();
    return true;
  }

  /** Takes a token. Returns `""` if there is none. */
  takeToken(): string {
    const token = this.#text.slice(this.#at, tokenEnd(this.#text, this.#at));
    this.#at += token.length;
    this.#skipSpace();
    return token;
  }

  /**
   * Takes a token or a quoted string. Returns `""` if there is neither. A quoted value must be a
   * token when its quotes and backslashes are removed (RFC 6455 section 9.1). A quote within it is
   * therefore an error, escaped or not, so the next quote can be taken as the end.
   */
  takeTokenOrQuoted(): string {
    if (this.#text[this.#at] !== '"') return this.takeToken();
    const end = this.#text.indexOf('"', this.#at + 1);
    if (end < 0) return "";
    const content = this.#text.slice(this.#at + 1, end).replace(/\\(.)/g, "$1");
    this.#at = end + 1;
    this.#skipSpace();
    return isToken(content) ? content : "";
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
  }
}
