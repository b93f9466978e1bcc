/**
 * Measures our servers and clients beside those of others, in one run.
 *
 *     deno task bench                            everything; some 20 minutes
 *     deno task bench --quick                    only shows that everything works
 *     deno task bench --only "deno 64x1" --rounds 3
 *     deno task bench --only text                one group
 *     deno task bench --list                     names for --only
 *     deno task bench --from .cache/bench/full.json --write-readme
 *
 *     deno task bench --only "bun 32x32" --by-cpu     judged by the server's own time
 *     BENCH_NICE=-15 deno task bench ...         before others on a busy machine; as root
 *
 * `--only` takes words that must all be in a cell's name (runtime, batch, server, variant;
 * or its group), alternatives between commas. A target that is missed is told, and fails nothing.
 *
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { BATCHES } from "./batches/mod.ts";
import { judgeAll } from "./judge.ts";
import { describeMachine, describeVersions } from "./machine.ts";
import { type Effort, writeFrames } from "./measure.ts";
import { CACHE, canLoad, prepareCompiled, prepareLoad, prepareServers } from "./prepare.ts";
import { type Fault, runBatch } from "./run_batch.ts";
import { type RunRecord, writePicture, writeReport } from "./report.ts";
import type { Sample } from "./samples.ts";
import { batchTable, targetsTable } from "./table.ts";
import { type Batch, cellId, select, selectQuick } from "./workloads.ts";

const FULL: Effort = {
  seconds: 0.8,
  warmSeconds: 0.15,
  firstSeconds: 1,
  tries: 3,
  maxConnections: 10_000,
  settleSeconds: 1.5,
};
const QUICK: Effort = {
  seconds: 0.1,
  warmSeconds: 0.02,
  firstSeconds: 0,
  tries: 1,
  maxConnections: 200,
  settleSeconds: 0.05,
};

// So that servers are ended with it: that is done on `exit`.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    "load-on-bun": { type: "boolean", default: false },
    "by-cpu": { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    from: { type: "string" },
    "write-readme": { type: "boolean", default: false },
  },
});
if (flags.quick && flags["write-readme"]) throw new Error("--quick: its figures mean nothing");
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 5));
const given = flags.quick ? QUICK : FULL;
const effort: Effort = { ...given, seconds: Number(flags.seconds ?? given.seconds) };
const all = flags.quick ? selectQuick(BATCHES) : BATCHES;
const batches = flags.only === undefined ? all : select(all, flags.only);

async function measureAll(): Promise<{ record: RunRecord; faults: readonly Fault[] }> {
  const installed = await prepareServers();
  const generator = await prepareLoad({ onBun: flags["load-on-bun"] });
  const compiled = await prepareCompiled();
  await writeFrames();
  const results: Record<string, readonly Sample[]> = {};
  const faults: Fault[] = [];
  const bench = { installed, generator, effort };
  for (const batch of batches) {
    const cells = batch.cells.filter(({ place, server, load }) =>
      (place !== "other" || compiled.has(server)) && canLoad(generator, load)
    );
    if (cells.length === 0) continue;
    const started = performance.now();
    const outcome = await runBatch({ ...batch, cells }, bench, Math.min(rounds, batch.rounds));
    for (const [id, samples] of outcome.samples) results[id] = samples;
    faults.push(...outcome.faults);
    console.log(`\n${batchTable(batch, results)}`);
    console.log(`${cells.length} cells in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  const date = new Date().toISOString().slice(0, 10);
  const versions = await describeVersions();
  return { record: { date, machine: describeMachine(), versions, rounds, results }, faults };
}

function printTargets({ date, machine, versions, rounds, results }: RunRecord): void {
  const rows = judgeAll(results, { isByCpu: flags["by-cpu"] });
  console.log(`\n${date}, ${machine}\n${versions}\nmedians of ${rounds} rounds\n`);
  if (rows.length > 0) console.log(targetsTable(rows));
}

function list(some: readonly Batch[]): void {
  for (const { cells } of some) for (const cell of cells) console.log(cellId(cell));
}

if (flags.list) {
  list(batches);
} else if (flags.from !== undefined) {
  const record: RunRecord = JSON.parse(readFileSync(flags.from, "utf8"));
  const isMeasured = ({ cells }: Batch) => cells.some((cell) => cellId(cell) in record.results);
  for (const batch of batches.filter(isMeasured)) {
    console.log(`\n${batchTable(batch, record.results)}`);
  }
  printTargets(record);
  if (flags["write-readme"]) writeReport(record);
} else {
  if (batches.length === 0) throw new Error(`--only ${flags.only}: no such cell; see --list`);
  const started = performance.now();
  const { record, faults } = await measureAll();
  mkdirSync(CACHE, { recursive: true });
  const isFull = flags.only === undefined && !flags.quick;
  writePicture(record, join(CACHE, "bench.svg"));
  if (flags["write-readme"]) writeReport(record);
  writeFileSync(join(CACHE, isFull ? "full.json" : "last.json"), JSON.stringify(record, null, 1));
  printTargets(record);
  console.log(`\ndone in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  for (const { cell, why } of faults) console.error(`FAULT ${cell}: ${why}`);
  process.exit(faults.length > 0 ? 1 : 0);
}
