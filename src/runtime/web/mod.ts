/**
 * Connections without a runtime's own sockets: in browsers and Workers, over any WHATWG
 * `WebSocket`, and over any pair of byte streams.
 *
 * @example A page that says hello
 * ```ts
 * import { connect } from "@fullduplex/websocket/web";
 *
 * export async function sayHello(): Promise<string | null> {
 *   const connection = await connect("wss://example.com/");
 *   await connection.send("hello");
 *   const answer = await connection.readText({ timeoutMs: 5_000 });
 *   await connection.close();
 *   return answer;
 * }
 * ```
 *
 * @module
 */
export * from "../../public.ts";
export { connect } from "./connect.ts";
export { connectDuplex, type DuplexInfo, type DuplexMount, mount } from "./mount.ts";
export type { UnsharedBytes, WebSocketEvent, WebSocketLike } from "../../native/web_socket.ts";
export type { ReadableWritablePair } from "./transport.ts";
export { wrapWebSocket } from "./wrap.ts";
export { type WrapOptions } from "./open_socket.ts";
export type { Mount } from "../../server/mount.ts";
