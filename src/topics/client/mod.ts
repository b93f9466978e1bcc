/**
 * The client of topics, on every runtime and in browsers: after a lost connection it subscribes
 * again, with the position of the last message that it has received.
 *
 * @example
 * ```ts
 * import { reconnecting } from "@fullduplex/websocket/reconnecting";
 * import { TOPICS_PROTOCOL, TopicsClient } from "@fullduplex/websocket/topics/client";
 *
 * export function follow(url: string): TopicsClient {
 *   const client = new TopicsClient(reconnecting(url, { protocols: [TOPICS_PROTOCOL] }));
 *   client.subscribe("news", {
 *     onMessage: (message) => console.log(message),
 *     onLost: ({ from, to }) => console.log("missing:", from, "to", to ?? "the end"),
 *   });
 *   return client;
 * }
 * ```
 *
 * @module
 */
export type { Lost, Position, Subscribed } from "../position.ts";
export { type TopicListener, TopicsClient } from "./topics_client.ts";
export { TOPICS_PROTOCOL } from "../wire_messages.ts";
