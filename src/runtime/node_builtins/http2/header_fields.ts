/**
 * Header fields as `node:http2` has them, and as lists.
 *
 * @module
 */
import type { OutgoingHttpHeaders } from "node:http2";
import type { HeaderList } from "../../../handshake/head.ts";

/** The list of `rawHeaders`: names and values in turn. */
export function toFields(rawHeaders: readonly string[]): HeaderList {
  const fields: HeaderList[number][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    fields.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  }
  return fields;
}

/** The object for `respond` and `request`. Repeated fields are joined, except for cookies that are set. */
export function toHeadersObject(fields: HeaderList): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of fields) {
    const known = headers[name];
    if (name === "set-cookie") headers[name] = [known ?? [], value].flat();
    else headers[name] = known === undefined ? value : `${known}, ${value}`;
  }
  return headers;
}
