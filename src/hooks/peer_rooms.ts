/**
 * The interface between a peer and the others of its namespace.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";

/** A connected peer, as the rooms see it. */
export interface RoomMember {
  /** The connection. */
  readonly connection: SendingConnection;
  /** The peers that it can reach. */
  readonly namespace: string;
}

/** A message for the subscribers of a topic. */
export interface Publication {
  /** The message. */
  readonly message: Message;
  /** A connection that is not sent it. */
  readonly except?: SendingConnection;
  /** `false` sends it uncompressed. */
  readonly compress?: boolean;
}

/** The connected peers, by namespace, and their subscriptions. */
export interface PeerRooms<Peer extends RoomMember> {
  /** The peers of a namespace. */
  peersOf(namespace: string): ReadonlySet<Peer>;
  /** Sends a peer what is published on a topic of its namespace. */
  subscribe(peer: Peer, topic: string): void;
  /** Sends it no more of that. */
  unsubscribe(peer: Peer, topic: string): void;
  /** Sends a message to the subscribers of a topic in the peer's namespace. */
  publish(peer: Peer, topic: string, publication: Publication): void;
}
