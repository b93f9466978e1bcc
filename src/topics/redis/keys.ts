/**
 * Names of channels and keys in Redis.
 *
 * @module
 */

/** Hash tags, and by them the most nodes of a cluster that share the topics. */
const PARTITIONS = 128;

/** The part of a name that decides on the slot: all names of one topic have the same. */
function tagOf(topic: string): string {
  let hash = 0x811c9dc5; // FNV-1a, 32 bits
  for (let index = 0; index < topic.length; index++) {
    hash = Math.imul(hash ^ topic.charCodeAt(index), 0x01000193);
  }
  return `{${(hash >>> 0) % PARTITIONS}}`;
}

/** Names, each beginning with the prefix that sets an application's apart. */
export class RedisKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The channel of a topic. */
  channel(topic: string): string {
    return `${this.#prefix}${tagOf(topic)}c:${topic}`;
  }

  /** The topic of a channel. */
  topicOf(channel: string): string {
    return channel.slice(channel.indexOf("}c:", this.#prefix.length) + 3);
  }

  /** The messages that are kept. */
  stream(topic: string): string {
    return `${this.#prefix}${tagOf(topic)}h:${topic}`;
  }

  /** Epoch and last offset. */
  last(topic: string): string {
    return `${this.#prefix}${tagOf(topic)}l:${topic}`;
  }

  /** The last sequence of one publisher. */
  sequence(topic: string, origin: string): string {
    return `${this.#prefix}${tagOf(topic)}s:${origin}:${topic}`;
  }
}
