/**
 * Converts the arguments of the standard's constructors and methods by the rules of Web IDL, and
 * checks them by the WebSockets standard.
 *
 * @module
 */
import { isToken } from "../handshake/header_values.ts";
import { ownLocation } from "./environment.ts";

const encoder = /* @__PURE__ */ new TextEncoder();
/** Most bytes of UTF-8 of a close reason (RFC 6455 section 5.5). */
const MAX_REASON_BYTES = 123;

/** Web IDL's `USVString`. */
export function toUsvString(value: unknown): string {
  if (typeof value === "symbol") throw new TypeError("a symbol is no string");
  return String(value).toWellFormed();
}

/** Throws a `TypeError` when an argument that must be given is missing. */
export function mustHave(call: string, count: number, least: number): void {
  if (count >= least) return;
  throw new TypeError(`${call}: needs ${least} argument${least > 1 ? "s" : ""}, and got ${count}`);
}

/**
 * "Get a URL record": resolves a URL relative to the program's location, and changes `http` and
 * `https` to `ws` and `wss`.
 *
 * @throws {DOMException} `SyntaxError` for a URL that cannot be parsed, of another scheme, or with
 * a fragment.
 */
export function toUrlRecord(text: string): URL {
  let url: URL;
  try {
    url = new URL(text, ownLocation() ?? undefined);
  } catch {
    throw syntaxError(`the URL ${JSON.stringify(text)} cannot be parsed`);
  }
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw syntaxError(`the URL's scheme must be ws or wss, not ${url.protocol.slice(0, -1)}`);
  }
  // `hash` is empty for an empty fragment, too.
  if (url.href.includes("#")) throw syntaxError("a WebSocket URL has no fragment");
  return url;
}

/** Web IDL's `(DOMString or sequence<DOMString>)`, as a list. */
export function toStringList(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  if (isObject && Symbol.iterator in value) {
    const method: unknown = value[Symbol.iterator];
    if (method !== undefined && method !== null) return toSequence(value as Iterable<unknown>);
  }
  return [toDomString(value)];
}

/** Web IDL's `sequence<DOMString>`. */
function toSequence(value: Iterable<unknown>): readonly string[] {
  const strings: string[] = [];
  for (const item of value) strings.push(toDomString(item));
  return strings;
}

/** Web IDL's `sequence<USVString>`, which no string is. */
export function toSequenceOnly(name: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === "object" && value !== null && Symbol.iterator in value) {
    return toSequence(value as Iterable<unknown>).map((text) => text.toWellFormed());
  }
  throw new TypeError(`${name}: must be a list of strings, not ${typeof value}`);
}

/** Web IDL's `DOMString`. */
export function toDomString(value: unknown): string {
  if (typeof value === "symbol") throw new TypeError("a symbol is no string");
  return String(value);
}

/**
 * Checks the names of subprotocols.
 *
 * @throws {DOMException} `SyntaxError` if a name is no token of HTTP or is repeated. Case is
 *   ignored: browsers, Deno and Node refuse `["chat", "Chat"]`, too.
 */
export function checkSubprotocols(protocols: readonly string[]): void {
  const seen = new Set<string>();
  for (const protocol of protocols) {
    if (!isToken(protocol)) {
      // An object was given in place of a list.
      const hint = protocol === "[object Object]" ? "; options are the third argument" : "";
      throw syntaxError(`the subprotocol ${JSON.stringify(protocol)} is no token${hint}`);
    }
    const key = protocol.toLowerCase();
    if (seen.has(key)) throw syntaxError(`the subprotocol ${protocol} is there twice`);
    seen.add(key);
  }
}

/** Web IDL's `[Clamp] unsigned short`. */
export function toClampedShort(value: unknown): number {
  const number = toNumber(value);
  if (Number.isNaN(number)) return 0;
  const clamped = Math.min(Math.max(number, 0), 0xffff);
  const floor = Math.floor(clamped), rest = clamped - floor;
  if (rest !== 0.5) return Math.round(clamped);
  return floor % 2 === 0 ? floor : floor + 1; // to the nearest even one
}

/** Web IDL's `[EnforceRange] unsigned short`. */
function toShortInRange(value: unknown): number {
  const number = Math.trunc(toNumber(value));
  if (number >= 0 && number <= 0xffff) return number === 0 ? 0 : number; // not -0
  throw new TypeError(`closeCode: must be a number from 0 to 65535, not ${String(value)}`);
}

function toNumber(value: unknown): number {
  if (typeof value === "bigint" || typeof value === "symbol") {
    throw new TypeError(`a ${typeof value} is no number`);
  }
  return Number(value);
}

/** The converted arguments of `close()`. */
export interface CloseArguments {
  /** `null`: a Close without a code. */
  readonly code: number | null;
  readonly reason: string;
}

/** The dictionary `WebSocketCloseInfo`, converted. */
export function toCloseInfo(info: unknown): CloseArguments {
  if (info === undefined || info === null) return { code: null, reason: "" };
  if (typeof info !== "object" && typeof info !== "function") {
    throw new TypeError(`closeInfo: must be an object, not ${typeof info}`);
  }
  const { closeCode, reason } = info as { readonly closeCode?: unknown; readonly reason?: unknown };
  return {
    code: closeCode === undefined ? null : toShortInRange(closeCode),
    reason: reason === undefined ? "" : toUsvString(reason),
  };
}

/**
 * "Validate close code and reason". A reason without a code gets 1000.
 *
 * @throws {DOMException} `InvalidAccessError` for a code that is not 1000 nor from 3000 to 4999,
 * `SyntaxError` for a reason of more than 123 bytes.
 */
export function checkCloseArguments({ code, reason }: CloseArguments): CloseArguments {
  if (code !== null && code !== 1000 && !(code >= 3000 && code <= 4999)) {
    throw new DOMException(
      `the close code must be 1000 or from 3000 to 4999, not ${code}`,
      "InvalidAccessError",
    );
  }
  const { length } = encoder.encode(reason);
  if (length > MAX_REASON_BYTES) {
    throw syntaxError(`the reason is ${length} bytes of UTF-8, and may be ${MAX_REASON_BYTES}`);
  }
  return { code: code === null && reason !== "" ? 1000 : code, reason };
}

function syntaxError(why: string): DOMException {
  return new DOMException(why, "SyntaxError");
}
