/**
 * Classes of sockets with options of their own.
 *
 * @module
 */
import { checkSocketOptions, type WebSocketOptions } from "./options.ts";
import { setSettings, settingsOf } from "./settings.ts";
import { WebSocket } from "./websocket.ts";

/**
 * Makes a `WebSocket` class whose sockets have these options, for libraries that take a class and
 * call it with a URL and subprotocols only. Options of the constructor override them.
 *
 * @param defaults Options of `connect`: header fields, TLS, limits, compression.
 * @throws {TypeError} if an option has the wrong shape.
 * @throws {RangeError} if a limit makes no sense.
 *
 * @example
 * ```ts
 * import { websocketClass } from "@fullduplex/websocket/websocket";
 *
 * // As an option of a client library: `{ webSocketImpl: Authorized }`, for example.
 * export const Authorized = websocketClass({
 *   headers: { Authorization: "Bearer 1234" },
 *   maxMessageBytes: 16 * 1024 * 1024,
 * });
 * ```
 */
export function websocketClass(defaults: WebSocketOptions): typeof WebSocket {
  const { environment, defaults: inherited } = settingsOf(WebSocket);
  const withDefaults = class extends WebSocket {};
  Object.defineProperty(withDefaults, "name", { value: WebSocket.name });
  setSettings(withDefaults, {
    environment,
    defaults: { ...inherited, ...checkSocketOptions(defaults) },
  });
  return withDefaults;
}
