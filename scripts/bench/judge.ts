/**
 * Whether the targets were reached. A time never fails the task, because a machine may be busy: the
 * reader judges.
 *
 * @module
 */
import { type Quantity, type Results, type Sample, series } from "./samples.ts";
import { type Column, COLUMNS, type ServerName } from "./servers.ts";
import { ratioOf, type Spread } from "./statistics.ts";
import { PEERS, type Side, type Target, TARGETS } from "./targets.ts";
import { cellId } from "./workloads.ts";

/** The result for one target on one runtime. */
export interface Verdict {
  readonly target: number;
  readonly bound: Target["bound"];
  readonly ratio: Spread;
  readonly isMet: boolean;
}

/** The samples of one side on one runtime. */
function find(results: Results, place: Column, { batch, server, variant }: Side) {
  const name: ServerName | undefined = server in PEERS
    ? PEERS[server as keyof typeof PEERS][place]
    : server as ServerName;
  if (name === undefined) return undefined;
  return results[cellId({ batch, place, server: name, ...(variant && { variant }) })];
}

/**
 * The rounds of one side. With `isByCpu` a rate is that of a server which has a core for
 * itself, by its own time for each message: steady also while others use the machine.
 */
function rounds(samples: readonly Sample[] | undefined, quantity: Quantity, isByCpu: boolean) {
  if (quantity !== "perSecond" || !isByCpu) return series(samples, quantity);
  return series(samples, "cpuUs").map((us) => 1e6 / us);
}

/** How targets are judged. */
export interface Judging {
  /** Whether it is judged by the server's processor time rather than by its throughput. */
  readonly isByCpu: boolean;
}

/** Judges one target on one runtime; `null` if there is none, or it was not measured. */
export function judge(
  target: Target,
  column: Column,
  results: Results,
  { isByCpu }: Judging = { isByCpu: false },
): Verdict | null {
  const value = target.by[column];
  const [ours, theirs] = [target.ours, target.theirs].map((side) =>
    rounds(find(results, column, side), target.quantity, isByCpu)
  );
  const ratio = ratioOf(ours!, theirs!);
  if (value === undefined || ratio === null) return null;
  const isMet = target.bound === "least" ? ratio.median >= value : ratio.median <= value;
  return { target: value, bound: target.bound, ratio, isMet };
}

/** One row of the table with its verdicts. */
export interface JudgedRow {
  readonly title: string;
  readonly verdicts: Readonly<Record<Column, Verdict | null>>;
}

/** The rows of which at least one runtime was measured. */
export function judgeAll(results: Results, judging?: Judging): readonly JudgedRow[] {
  return TARGETS.map((target) => ({
    title: target.title,
    verdicts: Object.fromEntries(
      COLUMNS.map((column) => [column, judge(target, column, results, judging)]),
    ) as JudgedRow["verdicts"],
  })).filter(({ verdicts }) => COLUMNS.some((column) => verdicts[column] !== null));
}
