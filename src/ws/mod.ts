/**
 * The interface of the npm package `ws` over the connections of this library, for code and
 * frameworks that are written for `ws`, on Node, Deno and Bun. It is a subset: an option or event
 * of `ws` that is not supported throws `ERR_NOT_SUPPORTED` with its name.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { WebSocketServer } from "@fullduplex/websocket/ws";
 *
 * const http = createServer();
 * const server = new WebSocketServer({ server: http, path: "/echo" });
 * server.on("connection", (socket, request) => {
 *   console.log("from", request.socket.remoteAddress);
 *   socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
 * });
 * ```
 *
 * @module
 */
import { WebSocketServer } from "./server.ts";
import { createWebSocketStream } from "./stream.ts";
import { WebSocket } from "./web_socket.ts";

export { createWebSocketStream, WebSocket, WebSocketServer };
export { WebSocketServer as Server };
export { WebSocketError } from "../errors.ts";
export type { WebSocketErrorCode } from "../errors.ts";
export type { Pem } from "../transport/runtime.ts";
export type { ClientOptions } from "./client_options.ts";
export type { ConnectionOptions } from "./connection_options.ts";
export type { BinaryType, BufferLike } from "./data.ts";
export type { PerMessageDeflateOptions } from "./deflate_options.ts";
export { ReadyState } from "../handler.ts";
export type { FaceAttribute, FaceTarget } from "./face_target.ts";
export type {
  AnyEmitter,
  FaceCloseEvent,
  FaceErrorEvent,
  FaceEvent,
  FaceEventMap,
  FaceListener,
  FaceMessageEvent,
  RawData,
  WebSocketEvents,
} from "./events.ts";
export type { SendOptions } from "./send_options.ts";
export type { ServerEvents, UpgradeCallback } from "./server.ts";
export type {
  AsyncVerifyClient,
  ServerOptions,
  VerifyCallback,
  VerifyClient,
  VerifyInfo,
} from "./server_options.ts";
export type { SendCallback } from "./web_socket.ts";

/** The classes and functions that are properties of the default export, as in `ws`. */
export interface DefaultMembers {
  /** As the named export, for `new WebSocket.Server(…)`. */
  readonly Server: typeof WebSocketServer;
  /** As the named export. */
  readonly WebSocketServer: typeof WebSocketServer;
  /** As the named export: the class itself. */
  readonly WebSocket: typeof WebSocket;
  /** As the named export. */
  readonly createWebSocketStream: typeof createWebSocketStream;
}

/** The class `WebSocket`, with everything else as its properties. */
const Default: typeof WebSocket & DefaultMembers = Object.assign(WebSocket, {
  Server: WebSocketServer,
  WebSocketServer,
  WebSocket,
  createWebSocketStream,
});
/** A socket. */
type Default = WebSocket;
export default Default;
