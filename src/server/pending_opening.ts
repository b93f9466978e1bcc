/**
 * The opening that a producer is given. Its fields are made at the first access, because most
 * producers use only the request, and a `Headers` object costs a microsecond.
 *
 * @module
 */
import type { Opening } from "../handler.ts";
import type { HeaderList } from "../handshake/head.ts";
import type { Address } from "../message.ts";

/** The facts of an opening. */
export interface OpeningFacts {
  readonly remoteAddress: Address | null;
  readonly peerAddress: Address | null;
  readonly context: unknown;
}

/** The opening handshake that a producer is given. */
export class PendingOpening implements Opening {
  readonly remoteAddress: Address | null;
  readonly peerAddress: Address | null;
  readonly context: unknown;
  #headers: Headers | null = null;

  constructor({ remoteAddress, peerAddress, context }: OpeningFacts) {
    this.remoteAddress = remoteAddress;
    this.peerAddress = peerAddress;
    this.context = context;
  }

  get responseHeaders(): Headers {
    return this.#headers ??= new Headers();
  }

  /** The fields that the producer has set. Each `Set-Cookie` is a field of its own. */
  get headerList(): HeaderList {
    return this.#headers === null ? [] : [...this.#headers];
  }
}
