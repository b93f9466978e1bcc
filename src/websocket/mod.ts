/**
 * The standard's classes over this library: `WebSocket` of the WHATWG, for code and libraries that
 * use it, and `WebSocketStream`, which has backpressure.
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
import { withOwnMessages } from "./own_messages.ts";
import { setSettings } from "./settings.ts";
import { EventLoopTasks, platformSchedule } from "./tasks.ts";
import { WebSocket } from "./websocket.ts";
import { WebSocketStream } from "./websocket_stream.ts";

/** The environment of the sockets of this process. */
const environment: Environment = {
  tasks: new EventLoopTasks(platformSchedule, { hasChunkTasks: true }),
  turns: new OpeningTurns(),
  async open(url, options, opening) {
    const [host, { toBuffer }] = await Promise.all([
      loadHost(),
      import("../runtime/node_builtins/to_buffer.ts"),
    ]);
    makeBuffer = toBuffer;
    ownHost ??= withOwnMessages(host);
    return await openClient(ownHost, { url, options, opening });
  },
  toNodeBuffer: (bytes) => makeBuffer!(bytes), // a message comes after `open`
};
let ownHost: Awaited<ReturnType<typeof loadHost>> | null = null;
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
