/**
 * Connections that only subscribe, of whichever Redis client.
 *
 * @module
 */

/** Events of one subscribing connection. */
export interface SubscriberEvents {
  onMessage(channel: string, text: string): void;
  /** It is connected, for the first time or again. */
  onReady(): void;
  /** It is lost, and tries to connect again. */
  onLost(cause: unknown): void;
}

/** One connection that only subscribes. It connects again by itself. */
export interface RedisSubscriber {
  /** Subscribes, or makes sure that it is subscribed. */
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  close(): void;
}

/** A node of a cluster. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** The methods of a Redis client that are needed, in one form for all clients. */
export interface RedisClient {
  readonly isCluster: boolean;
  command(key: string, words: readonly string[]): Promise<unknown>;
  /** Opens a connection that subscribes, to a node of a cluster or, with `null`, to the only one. */
  openSubscriber(node: RedisNode | null, events: SubscriberEvents): Promise<RedisSubscriber>;
}
