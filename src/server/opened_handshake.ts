/**
 * The part of an opening handshake that remains once the connection is open.
 *
 * @module
 */
import type { Handshake } from "../connection/context.ts";
import { toHeaders } from "../handshake/head.ts";
import { parseRequestHead } from "../handshake/parse_head.ts";
import { placeOf } from "../handshake/server_handshake.ts";
import type { Address } from "../message.ts";

/** Options of {@linkcode OpenedHandshake}. */
export interface OpenedHandshakeOptions {
  /** Scheme of the request's URL. */
  readonly scheme: "http" | "https";
  /** The head of the request. */
  readonly text: string;
  /**
   * Facts that few handshakes have. They are in an object of their own, so that other handshakes
   * have no such fields.
   */
  readonly extras?: HandshakeExtras | null;
}

/** Facts about a handshake besides its request. */
export interface HandshakeExtras {
  /** The value that was passed to the upgrade. */
  readonly context?: unknown;
  /** The client's address, as reported by a trusted proxy. */
  readonly remoteAddress?: Address | undefined;
  /** The host that the client requested, as reported by a trusted proxy. */
  readonly host?: string | undefined;
  /** The version of HTTP, if it is not 1.1. */
  readonly httpVersion?: "2" | undefined;
}

/**
 * Keeps the request as text, and makes a `Request` at the first access. The object costs some
 * kilobytes on Node, and most connections never use it.
 */
export class OpenedHandshake implements Handshake {
  protocol = "";
  extensions = "";
  readonly #scheme: "http" | "https";
  readonly #extras: HandshakeExtras | null;
  #request: string | Request; // a string is the text of the head

  constructor({ scheme, text, extras = null }: OpenedHandshakeOptions) {
    this.#scheme = scheme;
    this.#request = text;
    this.#extras = extras;
  }

  get request(): Request {
    const request = this.#request;
    if (typeof request !== "string") return request;
    return this.#request = toRequest(this.#scheme, request, this.#extras?.host);
  }

  get context(): unknown {
    return this.#extras?.context;
  }

  get httpVersion(): "1.1" | "2" {
    return this.#extras?.httpVersion ?? "1.1";
  }

  get remoteAddress(): Address | undefined {
    return this.#extras?.remoteAddress;
  }
}

function toRequest(scheme: string, text: string, host: string | undefined): Request {
  const head = parseRequestHead(text);
  if (typeof head === "string") throw new Error("not a request that was accepted");
  const place = placeOf(head), headers = toHeaders(head.headers);
  return new Request(`${scheme}://${host ?? place.host}${place.path}`, { headers });
}
