/**
 * Sessions that outlive their connections, on the server's side. Clients continue them by `resume:
 * true` of `./reconnecting`; `docs/resume.md` describes the subprotocol.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { resumable } from "@fullduplex/websocket/resume";
 *
 * const echo = resumable({
 *   message: (connection, message) => connection.send(message),
 * });
 * const server = await serve({ port: 0 }, echo);
 * await server.close();
 * ```
 *
 * @module
 */
import type { HandlerProducer, WebSocketHandler } from "../handler.ts";
import { makeResumable, type ResumableOptions } from "./resumable.ts";

export type { ResumableOptions } from "./resumable.ts";
export { RESUME_PROTOCOL } from "./wire_format.ts";
export type { ResumeOutcome } from "./outcome.ts";

/**
 * Makes the connections of a handler resumable for clients that offer the subprotocol
 * `resume.fullduplex`. Other clients get the unchanged handler.
 *
 * The handler runs once for a session. Its connection stays the same while the client loses
 * connections and reconnects, and each message arrives once and in order. Unacknowledged messages
 * are kept within `bufferBytes` and sent again. A session ends with a Close of either side, with
 * `abort()`, or when its client is away for longer than `seconds`. `onResume` is then called with
 * the messages that may not have arrived.
 *
 * A producer is called for each connection, including those that continue a session, so that it can
 * refuse them. The handler that it returns is used if a session begins. Fragments and streams fail
 * with `ERR_NOT_SUPPORTED`. Sessions are in the memory of this process, so clients have to
 * reconnect to it.
 *
 * @param handler The handler, or a function that chooses one.
 * @returns A handler for `serve`, `mount` and `routes`.
 * @throws {TypeError | RangeError} if the handler or an option makes no sense.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { resumable } from "@fullduplex/websocket/resume";
 *
 * const server = await serve(
 *   { port: 0 },
 *   resumable({ open: (connection) => connection.send("welcome") }, {
 *     seconds: 30,
 *     onResume(_connection, outcome) {
 *       if (!outcome.resumed) console.error(outcome.lost.length, "messages may be lost");
 *     },
 *   }),
 * );
 * await server.close();
 * ```
 */
export function resumable(
  handler: WebSocketHandler | HandlerProducer,
  options: ResumableOptions = {},
): HandlerProducer {
  return makeResumable(handler, options);
}
