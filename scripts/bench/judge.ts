/**
 * Whether the targets were reached. A time never fails the task, because a machine may be busy: the
 * reader judges.
 *
 * @module
 */
import { type Quantity, type Results, type Sample, series } from "./samples.ts";
import { type Column, COLUMNS, type ServerName } from "./servers.ts";
import { ratiosOf, type Spread, spread } from "./statistics.ts";
import { PEERS, type Side, type Target, TARGETS } from "./targets/mod.ts";
import { cellId } from "./workloads.ts";

/** The result for one target on one runtime. */
export interface Verdict {
  /** `null` for a ratio that is shown without a target. */
  readonly target: number | null;
  readonly bound: Target["bound"];
  readonly ratio: Spread;
  /** For rates: the same ratio by the servers' processor time for each message. */
  readonly cpuRatio: Spread | null;
  /** Ours as a ratio to a server that echoes bytes, and the ratio of that to the peer. */
  readonly raw: { readonly ofRaw: Spread; readonly limit: Spread } | null;
  /** By the median; true if there is no target. */
  readonly isMet: boolean;
  /** How many rounds there were, and how many say the same as the median. */
  readonly rounds: number;
  readonly agreeing: number;
}

/** The samples of one side on one runtime. */
function find(results: Results, place: Column, { batch, server, variant }: Side) {
  const name: ServerName | undefined = server in PEERS
    ? PEERS[server as keyof typeof PEERS][place]
    : server as ServerName;
  if (name === undefined) return undefined;
  return results[cellId({ batch, place, server: name, ...(variant && { variant }) })];
}

/** How targets are judged. */
export interface Judging {
  /** Whether rates are judged by the server's processor time rather than by throughput. */
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
  if (value === undefined) return null;
  const ours = find(results, column, target.ours);
  const theirs = target.theirs === null ? null : find(results, column, target.theirs);
  const compare = (quantity: Quantity) => compareBy(quantity, ours, theirs);
  const raw = target.raw && find(results, column, target.raw);
  const isRate = target.quantity === "perSecond";
  const byCpu = isRate ? compare("perCpuSecond") : [];
  const quantity = isRate && isByCpu ? "perCpuSecond" : target.quantity;
  const ratios = compare(quantity);
  const ratio = spread(ratios);
  if (ratio === null) return null;
  const meets = (each: number) =>
    value === null || (target.bound === "least" ? each >= value : each <= value);
  const isMet = meets(ratio.median);
  return {
    target: value,
    bound: target.bound,
    ratio,
    cpuRatio: spread(byCpu),
    raw: compareWithRaw(
      spread(compareBy(quantity, ours, raw)),
      spread(compareBy(quantity, raw, theirs)),
    ),
    isMet,
    rounds: ratios.length,
    agreeing: ratios.filter((each) => meets(each) === isMet).length,
  };
}

type Samples = readonly Sample[] | undefined;

/** Ours to theirs, round by round; ours alone where a target has no other side (`null`). */
function compareBy(quantity: Quantity, ours: Samples, theirs: Samples | null) {
  const own = series(ours, quantity);
  return ratiosOf(own, theirs === null ? own.map(() => 1) : series(theirs, quantity));
}

function compareWithRaw(ofRaw: Spread | null, limit: Spread | null): Verdict["raw"] {
  return ofRaw === null || limit === null ? null : { ofRaw, limit };
}

/** Whether a server that only echoes bytes misses the target, too. */
export function isBeyondRaw({ target, bound, raw }: Verdict): boolean {
  return target !== null && raw !== null && bound === "least" && raw.limit.median < target;
}

/** One row of the table with its verdicts. */
export interface JudgedRow {
  readonly group: string;
  readonly title: string;
  readonly isPictured: boolean;
  readonly verdicts: Readonly<Record<Column, Verdict | null>>;
}

/** The rows of which at least one runtime was measured. */
export function judgeAll(results: Results, judging?: Judging): readonly JudgedRow[] {
  return TARGETS.map((target) => ({
    group: target.group,
    title: target.title,
    isPictured: target.isPictured ?? true,
    verdicts: Object.fromEntries(
      COLUMNS.map((column) => [column, judge(target, column, results, judging)]),
    ) as JudgedRow["verdicts"],
  })).filter(({ verdicts }) => COLUMNS.some((column) => verdicts[column] !== null));
}
