/**
 * Names of subjects and streams in NATS.
 *
 * @module
 */

/** Subjects, each beginning with the prefix that sets an application's apart. */
export class NatsSubjects {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The subject of a topic: one token, in which dots and wildcards are escaped. */
  subject(topic: string): string {
    const token = encodeURIComponent(topic).replace(
      /[.*]/g,
      (c) => `%${c.charCodeAt(0).toString(16)}`,
    );
    return `${this.#prefix}.${token}`;
  }

  /** All subjects. */
  get all(): string {
    return `${this.#prefix}.*`;
  }

  /** The stream that keeps the history of all topics. */
  get stream(): string {
    return `${this.#prefix.replace(/\W/g, "_")}_history`;
  }
}
