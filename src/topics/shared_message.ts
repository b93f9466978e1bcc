/**
 * One published message on its way to many connections: what is made of it is made once.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Position, Published } from "./position.ts";

/** Makes what a subscriber is sent of a published message; called once for all that share it. */
export type Format = (published: Published) => Message;

/** A message for several connections. The object itself is the key to what was encoded of it. */
export interface SharedMessage {
  readonly message: Message;
  /** `false`: it is not to be compressed. */
  readonly compress: boolean;
}

/** A message that was published. */
export class Publication implements Published, SharedMessage {
  readonly name: string;
  readonly message: Message;
  readonly compress: boolean;
  readonly position: Position | null;
  #formatted: Map<Format, SharedMessage> | null = null;

  constructor(published: Published, compress: boolean) {
    this.name = published.name;
    this.message = published.message;
    this.position = published.position;
    this.compress = compress;
  }

  /** The message as one format makes it. */
  as(format: Format | null): SharedMessage {
    if (format === null) return this;
    const formatted = this.#formatted ??= new Map();
    let made = formatted.get(format);
    if (made === undefined) {
      made = { message: format(this), compress: this.compress };
      formatted.set(format, made);
    }
    return made;
  }
}
