/**
 * Converts header fields between the forms of `node:http2` and lists.
 *
 * @module
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import type { HeaderList } from "../../../handshake/head.ts";

/**
 * Makes a list from `rawHeaders`, in which names and values alternate, or from a headers object.
 */
export function toFields(rawHeaders: readonly string[] | IncomingHttpHeaders): HeaderList {
  const fields: HeaderList[number][] = [];
  if (!isRaw(rawHeaders)) {
    for (const [name, value] of Object.entries(rawHeaders)) {
      for (const each of [value ?? []].flat()) fields.push([name, String(each)]);
    }
    return fields;
  }
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    fields.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  }
  return fields;
}

/**
 * Makes the object for `respond` and `request`. Repeated fields are joined, except for
 * `Set-Cookie`.
 */
export function toHeadersObject(fields: HeaderList): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of fields) {
    const known = headers[name];
    if (name === "set-cookie") headers[name] = [known ?? [], value].flat();
    else headers[name] = known === undefined ? value : `${known}, ${value}`;
  }
  return headers;
}

function isRaw(headers: readonly string[] | IncomingHttpHeaders): headers is readonly string[] {
  return Array.isArray(headers);
}
