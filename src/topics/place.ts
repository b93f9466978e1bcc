/**
 * Where a subscriber is in the sequence of its topic, and whether an event of the stream that its
 * process follows is news to it. The stream may lag behind: a subscriber that has begun a moment
 * ago, from the history, may be in an epoch that the stream has not reached.
 *
 * @module
 */
import type { Lost, Position } from "./position.ts";

/** What an event is to a subscriber: `"unknown"` when its epoch may be older or newer. */
export type News = "next" | "old" | "unknown";

/** The place of one subscriber. */
export class Place {
  #at: Position | null = null;
  #ended: Set<string> | null = null; // epochs that are over

  /** The position of the last message that it was given; `null` before it has begun. */
  get at(): Position | null {
    return this.#at;
  }

  /** It begins at a position. */
  begin(position: Position): void {
    this.#at = position;
  }

  /** A message has come, which is the last one if it is the next. */
  take(position: Position): News {
    const at = this.#at;
    if (at !== null && position.epoch !== at.epoch) return this.#ofAnother(position.epoch);
    if (at !== null && position.offset <= at.offset) return "old";
    this.#at = position;
    return "next";
  }

  /** Messages are missing between two positions: gives those that it does not have. */
  lose(lost: Lost, position: Position, since: Position): Lost | Exclude<News, "next"> {
    const at = this.#at;
    if (at !== null) {
      if (since.epoch !== at.epoch) return this.#ofAnother(position.epoch);
      const from = Math.max(lost.from, at.offset + 1);
      if (lost.to !== null && from > lost.to) return "old";
      lost = { from, to: lost.to };
    }
    this.#at = position;
    return lost;
  }

  /** Another epoch is over: the engine is not in it any more. */
  end(epoch: string): void {
    (this.#ended ??= new Set()).add(epoch);
  }

  #ofAnother(epoch: string): "old" | "unknown" {
    return epoch === this.#at?.epoch || this.#ended?.has(epoch) === true ? "old" : "unknown";
  }
}
