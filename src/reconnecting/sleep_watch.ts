/**
 * Notices that the machine slept: the calendar jumps ahead of the timers.
 *
 * @module
 */
import type { TimerId } from "../clock.ts";
import type { ReconnectHost } from "./host.ts";

/** Milliseconds between two looks at the calendar. */
const LOOK_MS = 5_000;
/** A look that comes later than this by the calendar was not late by itself: 10 s is more than a busy process blocks. */
const JUMP_MS = 10_000;

/** Calls back when the calendar has jumped. Returns what ends the watch. */
export function watchForSleep(
  { clock, wallNow }: Pick<ReconnectHost, "clock" | "wallNow">,
  onWake: () => void,
): () => void {
  let last = wallNow();
  let timer: TimerId;
  const look = (): void => {
    const now = wallNow(), hasJumped = now - last > LOOK_MS + JUMP_MS;
    last = now;
    timer = clock.after(LOOK_MS, look);
    if (hasJumped) onWake();
  };
  timer = clock.after(LOOK_MS, look);
  return () => clock.clear(timer);
}
