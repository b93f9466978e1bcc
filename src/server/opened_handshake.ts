/**
 * What remains of an opening handshake once the connection is open.
 *
 * @module
 */
import type { Handshake } from "../connection/context.ts";
import { toHeaders } from "../handshake/head.ts";
import { parseRequestHead } from "../handshake/parse_head.ts";
import { readUpgrade } from "../handshake/server_handshake.ts";

/** A request that was accepted. */
export interface OpenedHandshakeOptions {
  /** Scheme of the URL as `Request` has it. */
  readonly scheme: "http" | "https";
  /** The head of the request. */
  readonly text: string;
}

/**
 * Keeps the request as text and makes a `Request` of it when it is first asked for: the
 * object costs some kilobytes on Node, and most connections never look at it.
 */
export class OpenedHandshake implements Handshake {
  protocol = "";
  extensions = "";
  readonly #scheme: "http" | "https";
  #request: string | Request; // as a string: the text

  constructor({ scheme, text }: OpenedHandshakeOptions) {
    this.#scheme = scheme;
    this.#request = text;
  }

  get request(): Request {
    const request = this.#request;
    return typeof request === "string" ? this.#request = toRequest(this.#scheme, request) : request;
  }
}

function toRequest(scheme: string, text: string): Request {
  const head = parseRequestHead(text);
  const upgrade = typeof head === "string" ? null : readUpgrade(head);
  if (upgrade === null || "reason" in upgrade) throw new Error("not a request that was accepted");
  const headers = toHeaders(upgrade.head.headers);
  return new Request(`${scheme}://${upgrade.host}${upgrade.path}`, { headers });
}
