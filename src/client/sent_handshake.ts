/**
 * The opening handshake of a client, as its connection tells of it.
 *
 * @module
 */
import type { Handshake } from "../connection/context.ts";
import type { AgreedUpgrade } from "../handshake/client_handshake.ts";
import { type RequestHead, toHeaders } from "../handshake/head.ts";

/** What was sent, and what the server agreed to. */
interface SentHandshakeOptions {
  readonly url: URL;
  readonly head: RequestHead;
  readonly agreed: AgreedUpgrade;
  readonly httpVersion: "1.1" | "2";
}

/** The opening handshake of a client; makes a `Request` of what was sent when it is first asked for. */
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
    http.protocol = http.protocol.replace("ws", "http"); // as Request has it, which takes no user either
    http.username = http.password = "";
    return this.#request = new Request(http.href, { headers: toHeaders(this.#head.headers) });
  }
}
