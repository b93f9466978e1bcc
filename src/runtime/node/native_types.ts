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
  /** Names and values of the header fields, alternating, as they arrived. */
  readonly rawHeaders: readonly string[];
}

/** The stream of a `stream` event: a `ServerHttp2Stream` of `node:http2`. */
export interface NodeHttp2Stream {
  /** Whether an answer was sent. */
  readonly headersSent: boolean;
  /** Whether it is closed. */
  readonly destroyed: boolean;
}

/** The header fields of a `stream` event, as an object. */
export type NodeHttp2Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The socket of an `upgrade` event: a `Duplex` of `node:stream`. */
export interface NodeUpgradeSocket {
  /** Whether it can be read. */
  readonly readable: boolean;
  /** Whether it can be written to. */
  readonly writable: boolean;
}
