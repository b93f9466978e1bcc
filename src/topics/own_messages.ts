/**
 * The messages that this process has published on a topic with a history and that the engine has
 * not returned with their positions. Without this list nothing could be delivered while the engine
 * is away.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Publication } from "./publication.ts";

/** A message that the engine has not returned. */
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

/** The messages of one topic, by their sequence. The engine returns them in order. */
export class OwnMessages {
  readonly #all = new Map<number, Kept>();

  /** Whether the list is empty. */
  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Sequence of the oldest message that the engine has not returned; `Infinity` without one. */
  get oldest(): number {
    for (const sequence of this.#all.keys()) return sequence;
    return Infinity;
  }

  /** Adds a message behind all others. */
  add(sequence: number, message: OwnMessage, { isEarly }: { isEarly: boolean }): void {
    this.#all.set(sequence, { ...message, isEarly });
  }

  /**
   * Calls back with each message that was published until `time` and was not delivered, and marks
   * it as delivered early.
   */
  takeLate(time: number, deliver: (message: OwnMessage, sequence: number) => void): void {
    for (const [sequence, message] of this.#all) {
      if (message.at > time) return;
      if (message.isEarly) continue;
      message.isEarly = true;
      deliver(message, sequence);
    }
  }

  /** Whether a message was not delivered yet. */
  get isAnyHeld(): boolean {
    for (const { isEarly } of this.#all.values()) if (!isEarly) return true;
    return false;
  }

  /** The engine has returned a message. It has lost the older ones that it did not return. */
  takeBack(sequence: number): OwnMessage | undefined {
    const found = this.#all.get(sequence);
    for (const older of this.#all.keys()) {
      if (older > sequence) break;
      this.#all.delete(older);
    }
    return found;
  }
}
