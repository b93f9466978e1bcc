/**
 * Path patterns in the part of `URLPattern`'s syntax that routes need: literals, `:name` for one or
 * more characters without `/`, and `*` for any characters. Node before 24 has no `URLPattern`, and
 * a regular expression can take cubic time: with `/:y-:m-:d`, matching a path of 3,500 hyphens
 * blocked the event loop for 15 seconds.
 *
 * @module
 */

/** A compiled pattern. */
export interface PathPattern {
  /** Values of the named parts, decoded; `null` when the path does not match. */
  match(pathname: string): Record<string, string> | null;
}

/** A gap and the literal text behind it. */
interface Part {
  /**
   * `null` for no gap, `"*"` for any characters, otherwise the name of one or more characters
   * without `/`.
   */
  readonly gap: string | null;
  readonly text: string;
}

/**
 * Compiles a pattern. Literals may be written as people write them (`/café`) or as a browser
 * sends them (`/caf%C3%A9`). A gap takes as few characters as possible, as in `URLPattern`.
 *
 * @throws {TypeError} if the pattern does not begin with `/`, or a name stands in it twice.
 */
export function compilePattern(pattern: string): PathPattern {
  if (typeof pattern !== "string" || !pattern.startsWith("/")) {
    throw new TypeError(`routes: the pattern ${JSON.stringify(pattern)} must begin with "/"`);
  }
  const parts = parse(pattern);
  const names = parts.flatMap(({ gap }) => gap === null || gap === "*" ? [] : [gap]);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`routes: ":${twice}" is twice in "${pattern}"`);
  return { match: (pathname) => matchParts(parts, pathname) };
}

function parse(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  let gap: string | null = null, at = 0;
  for (const { 0: whole, 1: name = "*", index } of pattern.matchAll(/:([A-Za-z_]\w*)|\*/g)) {
    parts.push({ gap, text: normalize(pattern.slice(at, index)) });
    gap = name;
    at = index + whole.length;
  }
  return [...parts, { gap, text: normalize(pattern.slice(at)) }];
}

/**
 * Converts patterns and paths to one form. Characters that cannot be in a path are percent-encoded
 * as by `URL` (RFC 3986 section 2.1), and the digits of encodings are upper case.
 */
function normalize(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (octet) => octet.toUpperCase())
    .replace(/[^\x21-\x7e]+|["#<>?^`{}]+/g, (part) => encodeURIComponent(part));
}

function matchParts(parts: readonly Part[], pathname: string): Record<string, string> | null {
  const path = normalize(pathname);
  const [{ text: start }] = parts as readonly [Part, ...Part[]];
  if (parts.length === 1) return path === start ? {} : null;
  if (!path.startsWith(start)) return null;
  const ends = findEnds(parts, path);
  const values: Record<string, string> = {};
  // The original, if nothing was encoded.
  const source = path.length === pathname.length ? pathname : path;
  let at = start.length;
  for (const [index, { gap, text }] of parts.entries()) {
    if (gap === null) continue;
    const canEnd = ends[index]!;
    let end = gap === "*" ? at : at + 1;
    if (gap !== "*" && path[at] === "/") return null;
    while (end <= path.length && canEnd[end] === 0) {
      if (gap !== "*" && path[end] === "/") return null;
      end++;
    }
    if (end > path.length) return null;
    if (gap !== "*") values[gap] = decode(source.slice(at, end));
    at = end + text.length;
  }
  return values;
}

/**
 * Finds, for each part, the positions at which its gap may end so that its text and all later parts
 * match. It works from the last part to the first, with one pass over the path for each.
 */
function findEnds(parts: readonly Part[], path: string): readonly Uint8Array[] {
  const ends: Uint8Array[] = [];
  let canBegin: Uint8Array | null = null; // the result for the next part
  for (const { gap, text } of parts.toReversed()) {
    const canEnd = new Uint8Array(path.length + 1), canStart = new Uint8Array(path.length + 1);
    let isReachable = false; // whether a gap that extends beyond this position can end
    for (let at = path.length; at >= 0; at--) {
      const behind = at + text.length;
      const fits = canBegin === null ? behind === path.length : canBegin[behind] === 1;
      if (fits && path.startsWith(text, at)) canEnd[at] = 1;
      if (gap === "*") {
        isReachable ||= canEnd[at] === 1;
        canStart[at] = isReachable ? 1 : 0;
      } else {
        const isSlash = path[at] === "/";
        canStart[at] = !isSlash && isReachable ? 1 : 0;
        isReachable = canEnd[at] === 1 || (!isSlash && isReachable);
      }
    }
    ends.unshift(canEnd);
    canBegin = canStart;
  }
  return ends;
}

/**
 * Decodes the value of a named part. It is returned unchanged if it is not percent-encoded UTF-8.
 */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
