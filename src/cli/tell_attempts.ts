/**
 * Tells what becomes of a client that stays connected (`--reconnect`, `--resume`).
 *
 * @module
 */
import type { StableOptions } from "../reconnecting/mod.ts";
import { isCloseInfo } from "../reconnecting/options.ts";
import { describeEnd, describeError } from "./hints.ts";
import type { Output } from "./output.ts";

/** The events that are printed. */
interface Told {
  readonly url: string;
  readonly resume: boolean;
}

/** Options of `reconnect` that print each loss, each further attempt, and what a session lost. */
export function tellAttempts(output: Output, { url, resume }: Told): StableOptions {
  let isFirst = true;
  const onConnect = (): void => {
    if (!isFirst) output.note("connected again");
    isFirst = false;
  };
  return {
    ...resume ? {} : { onConnect }, // with `resume`, `onResume` tells
    onAttempt: ({ attempt, delayMs, cause }) => {
      if (cause === undefined) return; // the first connection
      const why = isCloseInfo(cause)
        ? describeEnd(cause, { peer: "the server" })
        : describeError(cause);
      const seconds = (delayMs / 1000).toFixed(1);
      output.note(`${why}\nattempt ${attempt} to reach ${url} in ${seconds} s`);
    },
    onResume: (outcome) =>
      output.note(
        outcome.resumed
          ? "connected again: the session goes on"
          : `connected again: a new session; ${outcome.lost.length} messages may be lost`,
      ),
  };
}
