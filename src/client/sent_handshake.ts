/**
 * The opening handshake of a client, for the properties of its connection.
 *
 * @module
 */
import type { Handshake } from "../connection/context.ts";
import type { AgreedUpgrade } from "../handshake/client_handshake.ts";
import { type RequestHead, toHeaders } from "../handshake/head.ts";

/** Options of {@linkcode SentHandshake}. */
interface SentHandshakeOptions {
  readonly url: URL;
  readonly head: RequestHead;
  readonly agreed: AgreedUpgrade;
  readonly httpVersion: "1.1" | "2";
}

/** The opening handshake of a client. It makes the `Request` at the first access. */
export class SentHandshake implements Handshake {
  readonly protocol: string;
  readonly extensions: string;
  readonly httpVersion: "1.1" | "2";
  readonly #url: URL;
  readonly #head: RequestHead;
  #request: Request | null = null;

  constructor({ url, head, agreed, httpVersion }: SentHandshakeOptions) {
    this.httpVersion = httpVersion;
    this.protocol = agreed.protocol;
    this.extensions = agreed.extensionsHeader;
    this.#url = url;
    this.#head = head;
  }

  get request(): Request {
    if (this.#request !== null) return this.#request;
    const http = new URL(this.#url);
    // `Request` needs this scheme, and allows no user.
    http.protocol = http.protocol.replace("ws", "http");
    http.username = http.password = "";
    return this.#request = new Request(http.href, { headers: toHeaders(this.#head.headers) });
  }
}
