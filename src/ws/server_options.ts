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

/** Answers `verifyClient`: whether the client may connect, and if not the status, body and header fields that refuse it. */
export type VerifyCallback = (
  verified: boolean,
  code?: number,
  message?: string,
  headers?: OutgoingHttpHeaders,
) => void;

/** Decides on a client by its callback. It has two parameters, which tells it from the other kind. */
export type AsyncVerifyClient = (info: VerifyInfo, callback: VerifyCallback) => void;

/** Decides on a client: by what it returns, or by its callback. */
export type VerifyClient = ((info: VerifyInfo) => boolean) | AsyncVerifyClient;

/** Options of a server. One of `port`, `server` and `noServer` must be there, and only one. */
export interface ServerOptions extends ConnectionOptions {
  /** Where to bind. @default all addresses, as `ws` has it */
  host?: string | undefined;
  /** The port of an HTTP server of its own, which answers all else with 426. */
  port?: number | undefined;
  /** Connections that may wait to be accepted. @default Node's */
  backlog?: number | undefined;
  /** A server of `node:http` or `node:https` to share. */
  server?: HttpServer | undefined;
  /** Nothing of its own: `handleUpgrade` is called with each request. */
  noServer?: boolean | undefined;
  /** The path that is served; others are refused with 400. @default all */
  path?: string | undefined;
  /** Whether `clients` is kept. @default `true` */
  clientTracking?: boolean | undefined;
  /** Decides on a client. @default all may connect */
  verifyClient?: VerifyClient | undefined;
  /** Chooses a subprotocol of those that are offered, or `false` for none. @default the first that is offered */
  handleProtocols?:
    | ((protocols: Set<string>, request: IncomingMessage) => string | false)
    | undefined;
  /** Agrees on compression with clients that offer it. @default `false` */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** The class of the sockets: `WebSocket`, or one that extends it. */
  WebSocket?: typeof WebSocket | undefined;
}

/** Throws for what does not go together, or is not here. */
export function checkServerOptions(options: ServerOptions): void {
  checkConnectionOptions(options);
  const { port, server, noServer } = options;
  const given = [port ?? null, server ?? null, noServer || null].filter((one) => one !== null);
  if (given.length !== 1) {
    const names = '"port", "server", or "noServer"';
    throw new TypeError(`One and only one of the ${names} options must be specified`);
  }
}
