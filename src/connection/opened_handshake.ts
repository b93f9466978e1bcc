/**
 * What remains of an opening handshake once the connection is open.
 *
 * @module
 */
import type { Handshake } from "./context.ts";
import type { HeaderList } from "../handshake/head.ts";

/** The request and the agreement of one opening handshake. */
export interface OpenedHandshakeOptions {
  /** The URL as `Request` has it: `http:` or `https:`. */
  readonly url: string;
  /** The request's header fields. */
  readonly headers: HeaderList;
}

/**
 * Keeps the request as one string and makes a `Request` of it when it is first asked for:
 * the object costs some kilobytes on Node, and most connections never look at it.
 */
export class OpenedHandshake implements Handshake {
  protocol = "";
  extensions = "";
  #request: string | Request; // as a string: the URL, then names and values in turn; none holds a line feed

  constructor({ url, headers }: OpenedHandshakeOptions) {
    const parts = [url];
    for (const [name, value] of headers) parts.push(name, value);
    this.#request = parts.join("\n"); // joined, since `+` would keep all parts, and what they are cut from
  }

  get request(): Request {
    const request = this.#request;
    return typeof request === "string" ? this.#request = unpack(request) : request;
  }
}

function unpack(packed: string): Request {
  const [url = "", ...fields] = packed.split("\n");
  const headers = new Headers();
  for (let index = 0; index < fields.length; index += 2) {
    headers.append(fields[index]!, fields[index + 1]!);
  }
  return new Request(url, { headers });
}
