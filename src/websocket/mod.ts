/**
 * The standard's own classes over this library: `WebSocket` as the WHATWG has it, for code and
 * libraries written to it, and `WebSocketStream`, whose receiver can hold the sender back.
 *
 * @example A class for a library that calls it with a URL and nothing else
 * ```ts
 * import { websocketClass } from "@fullduplex/websocket/websocket";
 *
 * export const WebSocket = websocketClass({ headers: { Authorization: "Bearer 1234" } });
 * ```
 *
 * @module
 */
import { openClient } from "../client/client.ts";
import { loadHost } from "../runtime/any/host.ts";
import type { Environment } from "./environment.ts";
import { OpeningTurns } from "./opening_turns.ts";
import { setSettings } from "./settings.ts";
import { EventLoopTasks, platformSchedule } from "./tasks.ts";
import { WebSocket } from "./websocket.ts";
import { WebSocketStream } from "./websocket_stream.ts";

/** What sockets of this process stand on. */
const environment: Environment = {
  tasks: new EventLoopTasks(platformSchedule, { hasChunkTasks: true }),
  turns: new OpeningTurns(),
  async open(url, options, opening) {
    const [host, { toBuffer }] = await Promise.all([
      loadHost(),
      import("../runtime/node_builtins/to_buffer.ts"),
    ]);
    makeBuffer = toBuffer;
    return await openClient(host, { url, options, opening });
  },
  toNodeBuffer: (bytes) => makeBuffer!(bytes), // a message comes after `open`
};
let makeBuffer: ((bytes: Uint8Array) => Uint8Array) | null = null;
for (const socketClass of [WebSocket, WebSocketStream]) {
  setSettings(socketClass, { environment, defaults: {} });
}

export { WebSocket, WebSocketStream };
export { WebSocketError } from "./websocket_error.ts";
export type { WebSocketCloseInfo } from "./websocket_error.ts";
export type { WebSocketOpenInfo, WebSocketStreamOptions } from "./websocket_stream.ts";
export type { BinaryType, WebSocketEvents, WebSocketListener } from "./websocket.ts";
export { websocketClass } from "./websocket_class.ts";
export type { WebSocketOptions } from "./options.ts";
export { CloseEvent, ErrorEvent } from "./events.ts";
export type {
  CloseEventOptions,
  ErrorEventOptions,
  EventClass,
  EventOptions,
  SocketCloseEvent,
  SocketErrorEvent,
} from "./events.ts";
