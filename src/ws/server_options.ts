/**
 * The options of a server of `ws`.
 *
 * @module
 */
import type { IncomingMessage, OutgoingHttpHeaders, Server as HttpServer } from "node:http";
import { checkConnectionOptions, type ConnectionOptions } from "./connection_options.ts";
import type { PerMessageDeflateOptions } from "./deflate_options.ts";

import type { WebSocket } from "./web_socket.ts";

/** The client that `verifyClient` decides on. */
export interface VerifyInfo {
  /** The value of `Origin`. */
  origin: string | undefined;
  /** Whether the request came over TLS. */
  secure: boolean;
  /** The request. */
  req: IncomingMessage;
}

/**
 * The callback of `verifyClient`: whether the client may connect, and if not, the status, body and
 * header fields of the refusal.
 */
export type VerifyCallback = (
  verified: boolean,
  code?: number,
  message?: string,
  headers?: OutgoingHttpHeaders,
) => void;

/**
 * Decides on a client through a callback. It must have two parameters, which distinguish it from
 * the synchronous kind.
 */
export type AsyncVerifyClient = (info: VerifyInfo, callback: VerifyCallback) => void;

/** Decides on a client: by its result, or through a callback. */
export type VerifyClient = ((info: VerifyInfo) => boolean) | AsyncVerifyClient;

/** Options of a server. Exactly one of `port`, `server` and `noServer` must be set. */
export interface ServerOptions extends ConnectionOptions {
  /** Address to bind. @default all addresses, as `ws` has it */
  host?: string | undefined;
  /** Port of an HTTP server of its own, which answers ordinary requests with 426. */
  port?: number | undefined;
  /** Most connections that wait to be accepted. @default Node's */
  backlog?: number | undefined;
  /** A server of `node:http` or `node:https` to share. */
  server?: HttpServer | undefined;
  /** Whether there is no HTTP server: the application calls `handleUpgrade` with each request. */
  noServer?: boolean | undefined;
  /** Path of the requests to accept. Other paths are refused with 400. @default all */
  path?: string | undefined;
  /** Whether the server keeps the set `clients`. @default `true` */
  clientTracking?: boolean | undefined;
  /** Decides on a client. @default all may connect */
  verifyClient?: VerifyClient | undefined;
  /**
   * Chooses one of the offered subprotocols, or `false` for none. @default the first that is
   * offered
   */
  handleProtocols?:
    | ((protocols: Set<string>, request: IncomingMessage) => string | false)
    | undefined;
  /** Agrees on compression with clients that offer it. @default `false` */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** The class of the sockets: `WebSocket`, or one that extends it. */
  WebSocket?: typeof WebSocket | undefined;
}

/** Throws for options that exclude each other or are not supported. */
export function checkServerOptions(options: ServerOptions): void {
  checkConnectionOptions(options);
  const { port, server, noServer } = options;
  const given = [port ?? null, server ?? null, noServer || null].filter((one) => one !== null);
  if (given.length !== 1) {
    const names = '"port", "server", or "noServer"';
    throw new TypeError(`One and only one of the ${names} options must be specified`);
  }
}
