/**
 * The part of a `node:http` server that the mount uses, written out so that neither the package's
 * declarations nor its users need the types of Node.
 *
 * @module
 */

/** The request of an `upgrade` event: an `IncomingMessage` of `node:http`. */
export interface NodeUpgradeRequest {
  /** The method, for example `GET`. */
  readonly method?: string;
  /** The target of the request line, for example `/chat?room=1`. */
  readonly url?: string;
  /** `1.0` or `1.1`. */
  readonly httpVersion: string;
  /** Names and values of the header fields in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

/** The socket of an `upgrade` event: a `Duplex` of `node:stream`. */
export interface NodeUpgradeSocket {
  /** Whether it can be read. */
  readonly readable: boolean;
  /** Whether it can be written to. */
  readonly writable: boolean;
}
