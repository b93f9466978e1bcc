/**
 * Names of channels and keys in Redis.
 *
 * @module
 */

/** Number of hash tags, and therefore the most nodes of a cluster that can share the topics. */
const PARTITIONS = 128;

/** The hash tag of a topic, which decides on the slot. All names of one topic have the same. */
function tagOf(topic: string): string {
  let hash = 0x811c9dc5; // FNV-1a, 32 bits
  for (let index = 0; index < topic.length; index++) {
    hash = Math.imul(hash ^ topic.charCodeAt(index), 0x01000193);
  }
  return `{${(hash >>> 0) % PARTITIONS}}`;
}

/** Makes names of channels and keys. Each begins with the prefix of the application. */
export class RedisKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The channel of a topic. */
  channel(topic: string): string {
    return `${this.#prefix}${tagOf(topic)}c:${topic}`;
  }

  /** The stream with the history of a topic. */
  stream(topic: string): string {
    return `${this.#prefix}${tagOf(topic)}h:${topic}`;
  }

  /** The hash with epoch and last offset of a topic. */
  last(topic: string): string {
    return `${this.#prefix}${tagOf(topic)}l:${topic}`;
  }

  /** The key of one publisher's last sequence. */
  sequence(topic: string, origin: string): string {
    return `${this.#prefix}${tagOf(topic)}s:${origin}:${topic}`;
  }
}
