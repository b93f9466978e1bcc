/**
 * Names of subjects and streams in NATS.
 *
 * @module
 */

/** Makes subjects. Each begins with the prefix of the application. */
export class NatsSubjects {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The subject of a topic. */
  subject(topic: string): string {
    return `${this.#prefix}.${tokenOf(topic)}`;
  }

  /** The subject of a topic's messages that the stream does not keep. */
  live(topic: string): string {
    return `${this.#prefix}.live.${tokenOf(topic)}`;
  }

  /** All subjects of the stream. */
  get all(): string {
    return `${this.#prefix}.*`;
  }

  /** The stream that keeps the history of all topics. */
  get stream(): string {
    return `${this.#prefix.replace(/\W/g, "_")}_history`;
  }
}

/** Encodes a topic as one token: dots and wildcards are escaped. */
function tokenOf(topic: string): string {
  return encodeURIComponent(topic).replace(/[.*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}
