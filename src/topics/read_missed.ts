/**
 * Reading what a process has missed of a topic, from the history that the engine keeps.
 *
 * @module
 */
import type { BackplaneEvents, RelayedPage } from "./backplane.ts";
import type { Position } from "./position.ts";

/** One topic, and its history at the engine. */
export interface MissedOptions {
  readonly name: string;
  readonly events: Pick<BackplaneEvents, "onLost">;
  /** Reads the history after a position. */
  read(since: Position): Promise<RelayedPage>;
}

/** Reads what came after a position, and tells what the engine does not have any more. */
export async function readMissed(
  { name, events, read }: MissedOptions,
  since: Position,
): Promise<RelayedPage> {
  const page = await read(since);
  if (page.position.epoch !== since.epoch || page.lost?.to === null) {
    // What the engine has of its new epoch comes from the beginning.
    const lost = { from: since.offset + 1, to: null };
    const begun = await read({ epoch: page.position.epoch, offset: 0 });
    events.onLost(name, lost, begun.position);
    return begun;
  }
  if (page.lost !== null) events.onLost(name, page.lost, page.position);
  return page;
}
