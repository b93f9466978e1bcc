/**
 * Calls the functions of a handler that are given the request.
 *
 * @module
 */
import type { WebSocketConnection } from "../contract.ts";

/**
 * Calls `open` or `session` of a handler. A function with one parameter is given the connection
 * only. A `Request` that nobody reads would stay as long as its connection: with it 1,000
 * connections allocate 29 instead of 16 KB each while they open on Node, and a server has 108
 * instead of 94 MiB then (docs/broadcasting.md).
 */
export function callOpening(
  call: (connection: WebSocketConnection, request: Request) => unknown,
  handler: object,
  connection: WebSocketConnection,
): unknown {
  return Reflect.apply(
    call,
    handler,
    call.length === 1 ? [connection] : [connection, connection.request],
  );
}
