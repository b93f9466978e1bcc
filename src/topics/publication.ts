/**
 * One published message for many connections. Its formatted and encoded forms are made once.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Position, Published } from "./position.ts";
import { checkMade } from "./made.ts";
import { SharedMessage } from "../framed/shared_message.ts";

/**
 * Makes the message that a subscriber is sent. It is called once for all subscriptions that share
 * it.
 */
export type Format = (published: Published) => Message;

/** A message that was published. */
export class Publication extends SharedMessage implements Published {
  readonly name: string;
  readonly position: Position | null;
  readonly id: string | null;
  #formatted: Map<Format, SharedMessage> | null = null;

  constructor(published: Published, compress: boolean) {
    super(published.message, compress);
    this.name = published.name;
    this.position = published.position;
    this.id = published.id;
  }

  /** The message in one format. */
  as(format: Format | null): SharedMessage {
    if (format === null) return this;
    const formatted = this.#formatted ??= new Map();
    let made = formatted.get(format);
    if (made === undefined) {
      made = new SharedMessage(checkMade("format", format(this)), this.compress);
      formatted.set(format, made);
    }
    return made;
  }
}
