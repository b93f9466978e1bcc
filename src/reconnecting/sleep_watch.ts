/**
 * Detects that the machine has slept, because the wall clock jumps ahead of the timers.
 *
 * @module
 */
import type { TimerId } from "../clock.ts";
import type { ReconnectHost } from "./host.ts";

/** Milliseconds between two checks of the wall clock. */
const LOOK_MS = 5_000;
/**
 * A check that is later than this by the wall clock means that the machine has slept: a busy
 * process does not block for 10 s.
 */
const JUMP_MS = 10_000;

/** Calls back when the wall clock has jumped. Returns a function that ends the watch. */
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
