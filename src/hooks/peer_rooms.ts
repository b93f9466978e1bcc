/**
 * The interface between a peer and the others of its namespace.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";

/** The properties of a connected peer that the rooms use. */
export interface RoomMember {
  /** The connection. */
  readonly connection: SendingConnection;
  /** Namespace of the peers that it can reach. */
  readonly namespace: string;
}

/** A message for the subscribers of a topic. */
export interface Publication {
  /** The message. */
  readonly message: Message;
  /** A connection that is not sent the message. */
  readonly except?: SendingConnection;
  /** `false` sends the message uncompressed. */
  readonly compress?: boolean;
}

/** The connected peers, by namespace, and their subscriptions. */
export interface PeerRooms<Peer extends RoomMember> {
  /** The peers of a namespace. */
  peersOf(namespace: string): ReadonlySet<Peer>;
  /** Subscribes a peer to a topic of its namespace. */
  subscribe(peer: Peer, topic: string): void;
  /** Ends the subscription of a peer. */
  unsubscribe(peer: Peer, topic: string): void;
  /** Sends a message to the subscribers of a topic in the peer's namespace. */
  publish(peer: Peer, topic: string, publication: Publication): void;
}
