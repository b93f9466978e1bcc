/**
 * What this process has published on a topic with a history, until the engine gives it back with
 * its position. Without it, nothing could be delivered here while the engine is away.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Publication } from "./publication.ts";

/** A message that the engine has not given back. */
export interface OwnMessage {
  /** The message without a position, as it is delivered early. */
  readonly publication: Publication;
  /** A subscriber that is not sent it. */
  readonly except: SendingConnection | undefined;
  /** When it was published. */
  readonly at: number;
}

interface Kept extends OwnMessage {
  isEarly: boolean; // it was delivered without a position
}

/** Messages of one topic, by their sequence. The engine gives them back in order. */
export class OwnMessages {
  readonly #all = new Map<number, Kept>();

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** The first that has not come back. */
  get oldest(): number {
    for (const sequence of this.#all.keys()) return sequence;
    return Infinity;
  }

  /** Takes a message behind all others. */
  add(sequence: number, message: OwnMessage, { isEarly }: { isEarly: boolean }): void {
    this.#all.set(sequence, { ...message, isEarly });
  }

  /**
   * Calls back with each message that was published until `time` and is not delivered yet: now it
   * is.
   */
  takeLate(time: number, deliver: (message: OwnMessage, sequence: number) => void): void {
    for (const [sequence, message] of this.#all) {
      if (message.at > time) return;
      if (message.isEarly) continue;
      message.isEarly = true;
      deliver(message, sequence);
    }
  }

  /** Whether one is not delivered yet. */
  get isAnyHeld(): boolean {
    for (const { isEarly } of this.#all.values()) if (!isEarly) return true;
    return false;
  }

  /** The engine gives a message back. Older ones that it has not given back are lost there. */
  takeBack(sequence: number): OwnMessage | undefined {
    const found = this.#all.get(sequence);
    for (const older of this.#all.keys()) {
      if (older > sequence) break;
      this.#all.delete(older);
    }
    return found;
  }
}
