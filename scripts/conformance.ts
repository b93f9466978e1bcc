/**
 * Tries our servers and clients, and others as controls, with the Autobahn cases and cases
 * of our own, and shows all of it in one matrix. Without it "conforms to RFC 6455" would be
 * a claim.
 *
 *     deno task conformance [--quick] [--only TEXT]... [--cases PREFIX]... [--jobs N]
 *
 * `--quick` leaves out section 9 and the large cases of 12 and 13. `--only` takes targets
 * whose name contains the text (`server bun`), `--cases` cases whose id begins so
 * (`6.`, `cve.`). A full run writes `conformance.md`; every run writes pages into
 * `.cache/conformance/report`. It needs Python 3 with venv, beyond Node and npm.
 *
 * @module
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import {
  type CaseGroup,
  groupsOf,
  prepareDriver,
  tryClient,
  tryServer,
} from "../tests/conformance/autobahn.ts";
import { formatMatrix, isClean, writeMarkdown, writePages } from "../tests/conformance/matrix.ts";
import { writeOwnRuns } from "../tests/conformance/own/pages.ts";
import { tryClientOurWay } from "../tests/conformance/own/try_client.ts";
import { tryServerOurWay } from "../tests/conformance/own/try_server.ts";
import type { CaseResult } from "../tests/conformance/result.ts";
import { prepareTargets, type Target } from "../tests/conformance/targets.ts";
import { type Command, startServer } from "./interop_process.ts";
import { ROOT } from "./runtimes.ts";

const FOLDER = join(ROOT, ".cache", "conformance", "report");

interface Run {
  readonly driver: Command;
  readonly isQuick: boolean;
  /** Prefixes of the cases to run; none for all. */
  readonly cases: readonly string[];
}

/** One target with all its results. */
async function tryTarget(target: Target, run: Run): Promise<readonly CaseResult[]> {
  const folder = join(FOLDER, target.name.replaceAll(" ", "-"));
  const { isQuick, cases } = run;
  const groups = selectGroups(groupsOf({ quick: isQuick, deflate: target.hasDeflate }), cases);
  const isWanted = (id: string): boolean =>
    cases.length === 0 || cases.some((prefix) => id.startsWith(prefix));
  const autobahn = { driver: run.driver, groups, folder };
  if (target.role === "client") {
    const results = await tryClient(autobahn, target.forLarge);
    const own = await tryClientOurWay(target.forOwn, isWanted);
    return [...results, ...await writeOwnRuns(target, folder, own)];
  }
  const results = groups.length === 0
    ? []
    : await withServer(target.forLarge, ({ url }) => tryServer(autobahn, url));
  const own = await withServer(target.forOwn, (server) => tryServerOurWay(server, isWanted));
  return [...results, ...await writeOwnRuns(target, folder, own)];
}

async function withServer<Result>(
  command: Command,
  use: (server: { url: string; pid: number }) => Promise<Result>,
): Promise<Result> {
  const server = await startServer(command);
  try {
    const working = use(server);
    const ended = server.ended.then((how): never => {
      throw new Error(`the server ended with ${how}`);
    });
    return await Promise.race([working, ended]);
  } catch (cause) {
    const errors = (await server.stop()).slice(-1_000);
    throw new Error(`${(cause as Error).message}\n${errors}`, { cause });
  } finally {
    await server.stop();
  }
}

/** Only Autobahn's cases that are wanted: `9.1.` or `12.`, as globs. */
function selectGroups(
  groups: readonly CaseGroup[],
  prefixes: readonly string[],
): readonly CaseGroup[] {
  if (prefixes.length === 0) return groups;
  return groups.map(({ globs, concurrency }) => {
    const covers = (glob: string, prefix: string) =>
      glob.startsWith(prefix) || prefix.startsWith(glob.replace(/\*$/, ""));
    const narrowed = globs.flatMap((glob) =>
      prefixes.filter((prefix) => covers(glob, prefix)).map((prefix) =>
        prefix.length > glob.length - 1 ? `${prefix.replace(/\.$/, ".*")}` : glob
      )
    );
    return { globs: narrowed, concurrency };
  }).filter(({ globs }) => globs.length > 0);
}

async function main(args: string[]): Promise<number> {
  const start = performance.now();
  const { values: flags } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      cases: { type: "string", multiple: true, default: [] },
      jobs: { type: "string", default: "2" },
    },
  });
  const driver = await prepareDriver();
  const targets = (await prepareTargets()).filter(({ name }) =>
    flags.only.length === 0 || flags.only.some((text) => name.includes(text))
  );
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const run: Run = { driver, isQuick: flags.quick, cases: flags.cases };
  const results = new Map<Target, readonly CaseResult[]>();
  const queue = [...targets];
  const work = async (): Promise<void> => {
    for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
      const begun = performance.now();
      const done = await tryTarget(target, run).catch(toBrokenRun);
      results.set(target, done);
      console.error(`${target.name}: ${done.length} cases, ${seconds(begun)} s`);
    }
  };
  await Promise.all(Array.from({ length: Number(flags.jobs) }, work));
  const matrix = targets.map((target) => ({ target, results: results.get(target)! }));
  console.log(formatMatrix(matrix));
  await writePages(matrix, FOLDER);
  const isFull = !flags.quick && flags.only.length === 0 && flags.cases.length === 0;
  const summary = isFull ? join(ROOT, "conformance.md") : join(FOLDER, "conformance.md");
  await writeFile(summary, writeMarkdown(matrix));
  console.log(`\n${seconds(start)} s; ${summary}, ${join(FOLDER, "index.html")}`);
  return isClean(matrix) ? 0 : 1;
}

/** A target that cannot be tried to the end, most likely since it crashed. */
function toBrokenRun(error: unknown): readonly CaseResult[] {
  const why = error instanceof Error ? error.message : String(error);
  console.error(why);
  const title = "is tried to the end";
  return [{ id: "run.1", title, behavior: "ERROR", close: "FAILED", why, ms: 0, page: "" }];
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
