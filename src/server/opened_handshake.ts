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

/** A request that was accepted. */
export interface OpenedHandshakeOptions {
  /** Scheme of the URL as `Request` has it. */
  readonly scheme: "http" | "https";
  /** The head of the request. */
  readonly text: string;
  /** Facts that few handshakes have. They lie in an object of their own, so that others do not hold them. */
  readonly extras?: HandshakeExtras | null;
}

/** Facts about a handshake besides its request. */
export interface HandshakeExtras {
  /** The value that was passed to the upgrade. */
  readonly context?: unknown;
  /** The client's address, as a trusted proxy tells it. */
  readonly remoteAddress?: Address | undefined;
  /** The host that the client asked for, as a trusted proxy tells it. */
  readonly host?: string | undefined;
  /** The version of HTTP, if it is not 1.1. */
  readonly httpVersion?: "2" | undefined;
}

/**
 * Keeps the request as text and makes a `Request` of it when it is first asked for: the
 * object costs some kilobytes on Node, and most connections never look at it.
 */
export class OpenedHandshake implements Handshake {
  protocol = "";
  extensions = "";
  readonly #scheme: "http" | "https";
  readonly #extras: HandshakeExtras | null;
  #request: string | Request; // as a string: the text

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
