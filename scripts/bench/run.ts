/**
 * Measures our servers and clients beside those of others, in one run.
 *
 *     deno task bench                            everything; about an hour
 *     deno task bench --quick                    only shows that everything works
 *     deno task bench --only "deno 64x1" --rounds 3
 *     deno task bench --only text                one group: plain, text, tls, http, fanout, open-loop, keepalive
 *     deno task bench --list                     names for --only
 *     deno task bench --only tls --into .cache/bench/full.json   puts rows into an earlier run's record
 *     deno task bench --from .cache/bench/full.json --write-readme
 *
 *     deno task bench --only "bun 32x32" --by-cpu     judged by the server's own time
 *     BENCH_NICE=-15 deno task bench ...         before others on a busy machine; as root
 *
 * The record is written after each batch, so that a run that is ended keeps what it has.
 *
 * `--only` takes words that must all be in a cell's name (runtime, batch, server, variant;
 * or its group), alternatives between commas. A target that is missed is told, and fails nothing.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { BATCHES } from "./batches/mod.ts";
import { judgeAll } from "./judge.ts";
import type { Effort } from "./measure.ts";
import { CACHE } from "./prepare.ts";
import { mergeRecords, type RunRecord, writePicture, writeReport } from "./report.ts";
import { runAll } from "./run_all.ts";
import { batchTable, targetsTable } from "./table.ts";
import { type Batch, cellId, select, selectQuick } from "./workloads.ts";

const FULL: Effort = {
  seconds: 0.8,
  warmSeconds: 0.15,
  firstSeconds: 1,
  tries: 3,
  maxConnections: 50_000,
  settleSeconds: 1.5,
  keepaliveSettleSeconds: 24,
  keepaliveSeconds: 22.5,
};
const QUICK: Effort = {
  seconds: 0.1,
  warmSeconds: 0.02,
  firstSeconds: 0,
  tries: 1,
  maxConnections: 200,
  settleSeconds: 0.05,
  keepaliveSettleSeconds: 0.05,
  keepaliveSeconds: 0.2,
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
    into: { type: "string" },
    "write-readme": { type: "boolean", default: false },
  },
});
if (flags.quick && flags["write-readme"]) throw new Error("--quick: its figures mean nothing");
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 5));
const given = flags.quick ? QUICK : FULL;
const effort: Effort = { ...given, seconds: Number(flags.seconds ?? given.seconds) };
const all = flags.quick ? selectQuick(BATCHES) : BATCHES;
const batches = flags.only === undefined ? all : select(all, flags.only);

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
  const isLoadOnBun = flags["load-on-bun"];
  mkdirSync(CACHE, { recursive: true });
  const isFull = flags.only === undefined && !flags.quick;
  const file = flags.into ?? join(CACHE, isFull ? "full.json" : "last.json");
  const earlier: RunRecord | null = flags.into !== undefined && existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : null;
  let measured: RunRecord | null = null;
  const onRecord = (record: RunRecord): void => {
    measured = record;
    const merged = earlier === null ? record : mergeRecords(earlier, record);
    writeFileSync(file, JSON.stringify(merged, null, 1));
  };
  const faults = await runAll(batches, { effort, rounds, isLoadOnBun, onRecord });
  const record: RunRecord = JSON.parse(readFileSync(file, "utf8"));
  writePicture(record, join(CACHE, "bench.svg"));
  if (flags["write-readme"]) writeReport(record);
  if (measured !== null) printTargets(measured);
  console.log(`\ndone in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  for (const { cell, why } of faults) console.error(`FAULT ${cell}: ${why}`);
  process.exit(faults.length > 0 ? 1 : 0);
}
