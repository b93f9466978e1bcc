/**
 * All attacks.
 *
 * @module
 */
import type { HostileCase } from "./case.ts";
import { ADVISORIES } from "./cases/advisories.ts";
import { ARRIVAL } from "./cases/arrival.ts";
import { CLIENT } from "./cases/client.ts";
import { CLOSING } from "./cases/closing.ts";
import { HTTP } from "./cases/http.ts";
import { LOAD } from "./cases/load.ts";
import { MEMORY } from "./cases/memory.ts";
import { PAUSED } from "./cases/paused.ts";
import { PROGRESS } from "./cases/progress.ts";
import { REQUESTS } from "./cases/requests.ts";

/** In the order in which they are run: by kind. */
export const CASES: readonly HostileCase[] = [
  ...ARRIVAL,
  ...PAUSED,
  ...PROGRESS,
  ...REQUESTS,
  ...LOAD,
  ...MEMORY,
  ...HTTP,
  ...CLOSING,
  ...CLIENT,
  ...ADVISORIES,
].toSorted((a, b) => place(a) - place(b));

/** The advisories come last. */
function place({ kind }: HostileCase): number {
  return kind === "cve" ? Infinity : Number(kind);
}
