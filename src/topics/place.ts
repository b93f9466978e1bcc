/**
 * The position of a subscriber in its topic. Decides whether an event of the engine is new to the
 * subscriber. The events may lag behind: a subscriber that has just begun, from the history, may be
 * in an epoch that the events have not reached.
 *
 * @module
 */
import type { Lost, Position } from "./position.ts";

/** The relation of an event to a subscriber: `"unknown"` if its epoch may be older or newer. */
export type News = "next" | "old" | "unknown";

/** The position of one subscriber. */
export class Place {
  #at: Position | null = null;
  #ended: Set<string> | null = null; // epochs that are over

  /** Position of the last message that the subscriber got; `null` before it has begun. */
  get at(): Position | null {
    return this.#at;
  }

  /** The subscriber begins at a position. */
  begin(position: Position): void {
    this.#at = position;
  }

  /** A message has this position. If it is the next one, it becomes the last. */
  take(position: Position): News {
    const at = this.#at;
    if (at !== null && position.epoch !== at.epoch) return this.#ofAnother(position.epoch);
    if (at !== null && position.offset <= at.offset) return "old";
    this.#at = position;
    return "next";
  }

  /**
   * Messages between two positions are lost. Returns those of them that the subscriber does not
   * have.
   */
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

  /** Another epoch has ended. */
  end(epoch: string): void {
    (this.#ended ??= new Set()).add(epoch);
  }

  #ofAnother(epoch: string): "old" | "unknown" {
    return epoch === this.#at?.epoch || this.#ended?.has(epoch) === true ? "old" : "unknown";
  }
}
