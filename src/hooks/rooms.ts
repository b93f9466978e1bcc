/**
 * The connected peers, by namespace, and their subscriptions.
 *
 * @module
 */
import type { Topics } from "../topics/mod.ts";
import type { PeerRooms, Publication, RoomMember } from "./peer_rooms.ts";

/**
 * Returns the name of a namespace's topic in `Topics`, for code that publishes without a peer.
 *
 * @example
 * ```ts
 * import { fromHooks, topicOf } from "@fullduplex/websocket/hooks";
 * import { Topics } from "@fullduplex/websocket/topics";
 *
 * const topics = new Topics();
 * const handler = fromHooks({ open: (peer) => peer.subscribe("news") }, { topics });
 * // serve({ port: 8080, handler })
 * await topics.publish(topicOf("/chat", "news"), "hello to all at /chat");
 * ```
 */
export function topicOf(namespace: string, topic: string): string {
  return `${namespace}\n${topic}`;
}

/** The peers of one `fromHooks`. */
export class Rooms<Peer extends RoomMember> implements PeerRooms<Peer> {
  readonly #topics: Topics;
  readonly #peers = new Map<string, Set<Peer>>();

  constructor(topics: Topics) {
    this.#topics = topics;
  }

  peersOf(namespace: string): ReadonlySet<Peer> {
    return this.#peers.get(namespace) ?? new Set();
  }

  /** Adds a connected peer. */
  add(peer: Peer): void {
    const peers = this.#peers.get(peer.namespace);
    if (peers === undefined) this.#peers.set(peer.namespace, new Set([peer]));
    else peers.add(peer);
  }

  /** Removes a peer. An empty namespace is deleted, because peers may choose its name. */
  delete(peer: Peer): void {
    const peers = this.#peers.get(peer.namespace);
    peers?.delete(peer);
    if (peers?.size === 0) this.#peers.delete(peer.namespace);
  }

  subscribe(peer: Peer, topic: string): void {
    this.#topics.subscribe(peer.connection, topicOf(peer.namespace, topic)).catch(() => {});
  }

  unsubscribe(peer: Peer, topic: string): void {
    this.#topics.unsubscribe(peer.connection, topicOf(peer.namespace, topic));
  }

  publish(
    { namespace }: Peer,
    topic: string,
    { message, ...options }: Publication,
  ): void {
    this.#topics.publish(topicOf(namespace, topic), message, options).catch(() => {});
  }
}
