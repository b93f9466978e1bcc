/**
 * Runs npm packages, unchanged, on the faces of this library (`./websocket`, `./hooks`, `./ws`),
 * on every runtime, and prints the table package × runtime × what was done. Without it the faces
 * would only be held against our own reading of other people's interfaces.
 *
 *     deno task test:reach [--only TEXT] [--runtimes deno,bun,node24]
 *
 * `--only` runs the rows whose package, face or program contains the text. The packages are
 * installed with npm into `.cache/reach`.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { run } from "../lib/process.ts";
import { findRuntime, type FoundRuntime, isRuntimeName, startArguments } from "../lib/runtimes.ts";
import { formatTable } from "../lib/table.ts";
import { installPackages } from "./packages.ts";
import { REACH_ROWS, type ReachRow } from "./rows.ts";

const PROGRAM_MS = 180_000;
/** Characters of a failed program's output that are printed. */
const MAX_FAILURE = 3_000;

/** How one row went on one runtime. */
interface Result {
  readonly row: ReachRow;
  readonly runtime: FoundRuntime;
  /** Why it failed, or `""`. */
  readonly failure: string;
  readonly seconds: string;
}

/** The arguments with which a runtime starts a program that imports from `node_modules`. */
function programArguments({ kind }: FoundRuntime): readonly string[] {
  const list = startArguments(kind);
  return kind === "deno" ? [...list, "--node-modules-dir=manual"] : list;
}

async function runRow(row: ReachRow, runtime: FoundRuntime): Promise<Result> {
  const started = performance.now();
  const folder = await installPackages(row.packages);
  const ended = await run({
    file: runtime.path,
    arguments: [
      ...programArguments(runtime),
      `tests/reach/${row.program}`,
      ...row.words ?? [],
    ],
    environment: { REACH_PACKAGES: folder, REACH_FACE: row.face },
  }, PROGRAM_MS);
  const isDone = /^done$/m.test(ended.output);
  const how = ended.code === null ? `was ended after ${PROGRAM_MS} ms` : `ended with ${ended.code}`;
  const printed = (ended.output + ended.errors).slice(-MAX_FAILURE);
  const failure = isDone && ended.code === 0
    ? ""
    : `${how}, ${isDone ? "after" : "before"} it had printed "done"\n${printed}`;
  return { row, runtime, failure, seconds: ((performance.now() - started) / 1000).toFixed(1) };
}

async function main(args: string[]): Promise<number> {
  const { values: { only = "", runtimes: names } } = parseArgs({
    args,
    options: {
      only: { type: "string" },
      runtimes: { type: "string", default: "deno,bun,node24" },
    },
  });
  const rows = REACH_ROWS.filter(({ packages, face, program, words = [] }) =>
    [...packages, face, program, ...words].some((text) => text.includes(only))
  );
  const runtimes: FoundRuntime[] = [];
  for (const name of names.split(",")) {
    if (!isRuntimeName(name)) throw new RangeError(`--runtimes: there is no runtime "${name}"`);
    runtimes.push(await findRuntime(name));
  }
  for (const { packages } of rows) await installPackages(packages);
  const queue = rows.flatMap((row) =>
    runtimes.filter(({ name }) => row.faults?.[name] === undefined).map((runtime) => ({
      row,
      runtime,
    }))
  );
  const results: Result[] = [];
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const result = await runRow(job.row, job.runtime);
      results.push(result);
      if (result.failure === "") continue;
      const { packages: [name], face } = job.row;
      console.log(`FAIL ${name} (${face}) on ${job.runtime.name}: ${result.failure}`);
    }
  };
  await Promise.all([work(), work()]);

  const cell = (row: ReachRow, runtime: FoundRuntime): string => {
    const result = results.find((each) => each.row === row && each.runtime === runtime);
    if (result === undefined) return "not run";
    return result.failure === "" ? `ok ${result.seconds} s` : "FAILED";
  };
  const table = formatTable([
    ["package", "face", ...runtimes.map(({ name }) => name)],
    ...rows.map((row) => [
      row.packages[0],
      row.face,
      ...runtimes.map((runtime) => cell(row, runtime)),
    ]),
  ]);
  const told = ["what was done", ...rows.map(({ done }) => done)];
  console.log(table.split("\n").map((line, index) => `${line}  ${told[index]}`).join("\n"));
  const failed = results.filter(({ failure }) => failure !== "").length;
  console.log(`\n${results.length - failed} passed, ${failed} failed`);
  return failed > 0 || results.length === 0 ? 1 : 0;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
