/**
 * What was sent, and at which position some receiver has seen it. All receivers of a topic share
 * it, because a message that each of nine hundred keeps for itself would be ten million strings.
 *
 * @module
 */

/** A message that was sent, `PUBLISHER:NUMBER`. */
export interface Sent {
  readonly text: string;
  /** Its place among all that were sent. */
  readonly index: number;
  readonly publisher: string;
  readonly number: number;
}

/** The messages of one topic. */
export class Chronicle {
  readonly #byText = new Map<string, Sent>();
  readonly #all: Sent[] = [];
  readonly #epochs = new Map<string, Sent[]>(); // by offset

  /** All messages that were sent. */
  get sent(): readonly Sent[] {
    return this.#all;
  }

  /** Notes a message before it is sent. */
  add(text: string): void {
    const [publisher = "", number] = text.split(":");
    const sent = { text, index: this.#all.length, publisher, number: Number(number) };
    this.#all.push(sent);
    this.#byText.set(text, sent);
  }

  /** Finds a message that a receiver got; `undefined` if nobody has sent it. */
  find(text: string): Sent | undefined {
    return this.#byText.get(text);
  }

  /**
   * A receiver has a message at a position. Returns the one that another has seen there, if any.
   */
  place(epoch: string, offset: number, sent: Sent): Sent | null {
    let places = this.#epochs.get(epoch);
    if (places === undefined) this.#epochs.set(epoch, places = []);
    const known = places[offset];
    if (known === undefined) places[offset] = sent;
    return known === undefined || known === sent ? null : known;
  }

  /** Calls back with each position that some receiver has seen. */
  forEach(each: (epoch: string, offset: number, sent: Sent) => void): void {
    for (const [epoch, places] of this.#epochs) {
      places.forEach((sent, offset) => each(epoch, offset, sent));
    }
  }
}
