/**
 * The rounds of a batch, interleaved: every cell once, then every cell again in the other
 * order, so that a machine that grows slower does not disadvantage the last cell.
 *
 * @module
 */
import { type Bench, Station } from "./measure.ts";
import type { Sample } from "./samples.ts";
import { type Batch, type Cell, cellId } from "./workloads.ts";

/** Servers that are started together; more would only wait for each other. */
const START_AT_ONCE = 4;

/** The error of a cell, which is left out from then on. */
export interface Fault {
  readonly cell: string;
  readonly why: string;
}

/** The results of a batch. */
export interface BatchOutcome {
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  readonly faults: readonly Fault[];
}

/**
 * A share of the most that the named server has done on that runtime; 0 for loads without a pace.
 */
export function rateOf(
  { place, load: { pace } }: Cell,
  capacities: ReadonlyMap<{ readonly cell: Cell }, number>,
): number {
  if (pace === undefined) return 0;
  const those = [...capacities].filter(([{ cell }]) =>
    cell.place === place && cell.server === pace.of
  );
  return pace.share * Math.max(...those.map(([, perSecond]) => perSecond));
}

/** Measures all cells of a batch. */
export async function runBatch(
  { cells }: Batch,
  bench: Bench,
  rounds: number,
): Promise<BatchOutcome> {
  const samples = new Map<string, Sample[]>();
  const faults: Fault[] = [];
  let stations = cells.map((cell) => new Station(cell, bench));
  /** Calls `use` for each station in turn; one that fails is out. */
  const each = async (order: readonly Station[], use: (station: Station) => Promise<unknown>) => {
    for (const station of order) {
      try {
        await use(station);
      } catch (error) {
        const cell = cellId(station.cell);
        faults.push({ cell, why: error instanceof Error ? error.message : String(error) });
        console.error(`\n${cell}: ${faults.at(-1)!.why}`);
        stations = stations.filter((other) => other !== station);
        await station.stop();
      }
    }
  };
  try {
    for (let i = 0; i < cells.length; i += START_AT_ONCE) {
      const some = cells.slice(i, i + START_AT_ONCE);
      const starting = stations.filter(({ cell }) => some.includes(cell));
      await Promise.all(starting.map((station) => each([station], () => station.start())));
    }
    const capacities = new Map<Station, number>();
    await each(stations, async (station) => capacities.set(station, await station.warmUp()));
    for (let round = 0; round < rounds; round++) {
      await each(round % 2 === 0 ? stations : stations.toReversed(), async (station) => {
        const sample = await station.measure(rateOf(station.cell, capacities));
        const id = cellId(station.cell);
        samples.set(id, [...samples.get(id) ?? [], sample]);
      });
    }
  } finally {
    await Promise.all(stations.map((station) => station.stop()));
  }
  return { samples, faults };
}
