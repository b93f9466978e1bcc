/**
 * The interface of subscribing connections, for any Redis client.
 *
 * @module
 */

/** Events of one subscribing connection. */
export interface SubscriberEvents {
  onMessage(channel: string, text: string): void;
  /** The connection is open, for the first time or again. */
  onReady(): void;
  /** The connection is lost, and reconnects by itself. */
  onLost(cause: unknown): void;
}

/** One connection for subscriptions. It reconnects by itself. */
export interface RedisSubscriber {
  /** Subscribes, unless the channel is subscribed already. */
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
  /**
   * Opens a connection for subscriptions, to a node of a cluster or, with `null`, to the single
   * Redis.
   */
  openSubscriber(node: RedisNode | null, events: SubscriberEvents): Promise<RedisSubscriber>;
  /** Closes what was opened beside the subscribing connections. */
  close?(): void;
}
