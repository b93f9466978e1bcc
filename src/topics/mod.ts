/**
 * One message to many connections: chat rooms, tickers, notifications.
 *
 * @example
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { Topics } from "@fullduplex/websocket/topics";
 *
 * const topics = new Topics({ policy: "drop-oldest" });
 * const server = await serve({}, {
 *   open: (connection) => void topics.subscribe(connection, "prices"),
 * });
 * await topics.publish("prices", JSON.stringify({ symbol: "ACME", price: 12.5 }));
 * await server.close();
 * ```
 *
 * @module
 */
export type { Clock, TimerId } from "../clock.ts";
export type {
  Backplane,
  BackplaneEvents,
  BackplaneStart,
  Delivered,
  Relayed,
  RelayedPage,
} from "./backplane.ts";
export type { HistoryOptions } from "./history.ts";
export type { MessageOrder, OrderOptions } from "./order.ts";
export type { OutageOptions } from "./outbox.ts";
export type { PolicyOptions, SubscriptionPolicy } from "./policy.ts";
export type { Lost, Position, Published, Subscribed } from "./position.ts";
export type { Member } from "./presence.ts";
export type { Format } from "./publication.ts";
export type { Announcements, Subscription } from "./subscriber.ts";
export { Topics } from "./topics.ts";
export type { PublishOptions, SubscribeOptions, TopicsOptions } from "./topics_options.ts";
export { topicsHandler, type TopicsHandlerOptions, type TopicsRequest } from "./topics_handler.ts";
export { TOPICS_PROTOCOL } from "./wire_messages.ts";
