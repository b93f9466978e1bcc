/**
 * A run of some batches, one after the other, and its record.
 *
 * @module
 */
import { describeMachine, describeVersions } from "./machine.ts";
import { type Effort, writeFrames } from "./measure.ts";
import { maxOpenFiles } from "./pinned.ts";
import { canLoad, prepareCompiled, prepareLoad, prepareServers } from "./prepare.ts";
import type { RunRecord } from "./report.ts";
import { type Fault, runBatch } from "./run_batch.ts";
import type { Sample } from "./samples.ts";
import { batchTable } from "./table.ts";
import type { Batch, Cell } from "./workloads.ts";

/** How a run goes. */
export interface RunOptions {
  readonly effort: Effort;
  readonly rounds: number;
  /** The load generator on Bun instead of the one in C. */
  readonly isLoadOnBun: boolean;
  /** Called with the record so far after each batch, so that a run which is ended keeps it. */
  onRecord(record: RunRecord): void;
}

/** Files that a process has open besides its connections. */
const SPARE_FILES = 200;

/** Measures batches, and prints the table of each when it is done. */
export async function runAll(
  batches: readonly Batch[],
  { effort, rounds, isLoadOnBun, onRecord }: RunOptions,
): Promise<readonly Fault[]> {
  const installed = await prepareServers();
  const generator = await prepareLoad({ onBun: isLoadOnBun });
  const compiled = await prepareCompiled();
  await writeFrames();
  const files = maxOpenFiles() - SPARE_FILES;
  const isPossible = ({ place, server, load }: Cell) =>
    (place !== "other" || compiled.has(server)) && canLoad(generator, load) &&
    Math.min(load.connections, effort.maxConnections) <= files;
  const results: Record<string, readonly Sample[]> = {};
  const faults: Fault[] = [];
  const origin = {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    versions: await describeVersions(),
  };
  const bench = { installed, generator, effort };
  for (const batch of batches) {
    const cells = batch.cells.filter(isPossible);
    if (cells.length < batch.cells.length) {
      console.error(
        `${batch.title}: ${batch.cells.length - cells.length} cells are not possible here`,
      );
    }
    if (cells.length === 0) continue;
    const started = performance.now();
    const outcome = await runBatch({ ...batch, cells }, bench, Math.min(rounds, batch.rounds));
    for (const [id, samples] of outcome.samples) results[id] = samples;
    faults.push(...outcome.faults);
    onRecord({ ...origin, rounds, results });
    console.log(`\n${batchTable(batch, results)}`);
    console.log(`${cells.length} cells in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  return faults;
}
