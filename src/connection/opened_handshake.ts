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
  readonly #packed: string; // the URL, then names and values in turn; none holds a line feed
  #request: Request | null = null;

  constructor({ url, headers }: OpenedHandshakeOptions) {
    this.#packed = [url, ...headers.flat()].join("\n");
  }

  get request(): Request {
    return this.#request ??= this.#unpack();
  }

  #unpack(): Request {
    const [url = "", ...fields] = this.#packed.split("\n");
    const headers = new Headers();
    for (let index = 0; index < fields.length; index += 2) {
      headers.append(fields[index]!, fields[index + 1]!);
    }
    return new Request(url, { headers });
  }
}
