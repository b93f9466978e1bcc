/**
 * The hooks of crossws, which h3, Nitro and others use, over this library on Node, Deno and Bun.
 * They work in `serve`, `routes` and every `mount`. Hooks are awaited, and connections have real
 * close codes, backpressure and limits.
 *
 * @example
 * ```ts
 * import { routes, serve } from "@fullduplex/websocket";
 * import { fromHooks } from "@fullduplex/websocket/hooks";
 *
 * const chat = fromHooks({
 *   upgrade(request) {
 *     const user = request.headers.get("x-user");
 *     return user === null ? new Response("who are you?", { status: 401 }) : { context: { user } };
 *   },
 *   open: (peer) => peer.subscribe("chat"),
 *   message: (peer, message) => peer.publish("chat", { from: peer.context.user, text: message.text() }),
 * });
 * const server = await serve({ port: 0 }, routes({ "/chat": chat }));
 * await server.close();
 * ```
 *
 * @module
 */
export { fromHooks } from "./from_hooks.ts";
export type { FromHooksOptions, HooksSource } from "./from_hooks.ts";
export { defineHooks } from "./hooks.ts";
export type { AcceptedHook, CloseDetails, ForeignHooks, Hooks } from "./hooks.ts";
export type { HookRequest, MaybePromise } from "./request.ts";
export { HookMessage } from "./message.ts";
export { Peer } from "./peer.ts";
export type { PeerOptions, WaitForDrainOptions } from "./peer.ts";
export type { PeerRooms, Publication, RoomMember } from "./peer_rooms.ts";
export { PeerSocket } from "./peer_socket.ts";
export type { ResolvedHooks } from "./resolve.ts";
export { topicOf } from "./rooms.ts";
