/**
 * Reads the messages of a topic that a process has missed, from the engine's history.
 *
 * @module
 */
import type { BackplaneEvents, RelayedPage } from "./backplane.ts";
import type { Position } from "./position.ts";

/** Options of {@linkcode readMissed}. */
export interface MissedOptions {
  readonly name: string;
  readonly events: Pick<BackplaneEvents, "onLost">;
  /** Reads the history after a position. */
  read(since: Position): Promise<RelayedPage>;
}

/** Reads the messages after a position, and reports those that the engine no longer has. */
export async function readMissed(
  { name, events, read }: MissedOptions,
  since: Position,
): Promise<RelayedPage> {
  const page = await read(since);
  if (page.position.epoch !== since.epoch || page.lost?.to === null) {
    // The messages of the engine's new epoch are read from the beginning.
    const lost = { from: since.offset + 1, to: null };
    const begun = await read({ epoch: page.position.epoch, offset: 0 });
    events.onLost(name, lost, begun.position, since);
    return begun;
  }
  if (page.lost !== null) events.onLost(name, page.lost, page.position, since);
  return page;
}
