/**
 * The interface of the backplane to any Redis client.
 *
 * @module
 */

/** Receives messages and the state of the connections. */
export interface RedisLinkEvents {
  /** A message arrived on a subscribed channel. */
  onMessage(channel: string, text: string): void;
  /** A connection is lost. */
  onDown(cause: unknown): void;
  /** All connections are open and all channels are subscribed, for the first time or again. */
  onUp(): void;
}

/** Commands and subscriptions on one Redis: stand-alone, with sentinels, or a cluster. */
export interface RedisLink {
  /** Whether messages are published to one shard (`SPUBLISH`) instead of all nodes. */
  readonly isSharded: boolean;
  /** Starts to connect. */
  start(events: RedisLinkEvents): void;
  /** Runs a command at the node that has the key. */
  command(key: string, ...words: readonly string[]): Promise<unknown>;
  /** Fulfilled when the channel is subscribed. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Closes the connections that the link has opened. */
  close(): Promise<void>;
}
