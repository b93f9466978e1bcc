/**
 * Autobahn's cases, which kosoku drives without Docker or Python 2. It is installed into a
 * virtual environment of its own under `.cache/conformance`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { type Command, run, startServer, withArguments } from "../../scripts/interop_process.ts";
import { ROOT } from "../../scripts/runtimes.ts";
import type { CaseResult } from "./result.ts";

const KOSOKU = "kosoku==0.1.0";
const VENV = join(ROOT, ".cache", "conformance", KOSOKU);
const DRIVER = join(ROOT, "tests", "conformance", "driver.py");
const RUN_MS = 3_600_000;

/** Cases that are run together, and how many at a time. */
export interface CaseGroup {
  readonly globs: readonly string[];
  readonly concurrency: number;
}

/** Framing, UTF-8, closing: small, and some wait a second. */
const LIGHT: CaseGroup = {
  globs: ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"],
  concurrency: 4,
};
/** Megabytes in one message, or in a million. */
const LARGE: CaseGroup = { globs: ["9.*"], concurrency: 1 };
/** permessage-deflate: 1,000 messages a case. */
const DEFLATE: CaseGroup = { globs: ["12.*", "13.*"], concurrency: 2 };
/** One kind of data of each parameter, messages of up to 1 KiB. */
const SMALL_DEFLATE: CaseGroup = {
  globs: [1, 2, 3, 4].flatMap((i) => [`12.1.${i}`, `13.1.${i}`, `13.3.${i}`, `13.7.${i}`]),
  concurrency: 2,
};

/** The groups of a run; those of permessage-deflate only where there is any. */
export function groupsOf(flags: { quick: boolean; deflate: boolean }): readonly CaseGroup[] {
  const { quick, deflate } = flags;
  const compressed = deflate ? [quick ? SMALL_DEFLATE : DEFLATE] : [];
  return quick ? [LIGHT, ...compressed] : [LIGHT, LARGE, ...compressed];
}

/** Installs kosoku if it is missing; returns the command of the driver. */
export async function prepareDriver(): Promise<Command> {
  const python = (folder: string) =>
    process.platform === "win32"
      ? join(folder, "Scripts", "python.exe")
      : join(folder, "bin", "python");
  if (!existsSync(VENV)) {
    console.error(`installing ${KOSOKU}`);
    const unfinished = `${VENV}.${process.pid}`;
    await runPython("python3", ["-m", "venv", unfinished]);
    const flags = ["--quiet", "--disable-pip-version-check"];
    await runPython(python(unfinished), ["-m", "pip", "install", ...flags, KOSOKU]);
    await rm(VENV, { recursive: true, force: true });
    await rename(unfinished, VENV); // its python still works; only its scripts would not
  }
  return { file: python(VENV), arguments: [DRIVER] };
}

async function runPython(file: string, list: string[]): Promise<void> {
  const { code, errors } = await run({ file, arguments: list }, RUN_MS);
  if (code !== 0) throw new Error(`${file} ${list.join(" ")} ended with ${code}\n${errors}`);
}

const toArgument = ({ globs, concurrency }: CaseGroup): string => `${concurrency}:${globs}`;

/** What a run needs: the cases, and a folder for its pages. */
export interface AutobahnRun {
  readonly driver: Command;
  readonly groups: readonly CaseGroup[];
  readonly folder: string;
}

/** Tries the server at `url`. */
export async function tryServer(
  { driver, groups, folder }: AutobahnRun,
  url: string,
): Promise<readonly CaseResult[]> {
  const { code, errors } = await run(
    withArguments(driver, "client", folder, url, ...groups.map(toArgument)),
    RUN_MS,
  );
  if (code !== 0) throw new Error(`kosoku ended with ${code}\n${errors}`);
  return await readSummary(folder);
}

/** Tries a client, a command that takes the URL and then `--parallel`. */
export async function tryClient(
  { driver, groups, folder }: AutobahnRun,
  client: Command,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const [index, group] of groups.entries()) {
    const part = join(folder, String(index));
    const server = await startServer(withArguments(driver, "server", part, toArgument(group)));
    try {
      const parallel = ["--parallel", String(group.concurrency)];
      const { code, errors } = await run(withArguments(client, server.url, ...parallel), RUN_MS);
      if (code !== 0) throw new Error(`the client ended with ${code}\n${errors}`);
      await server.ended;
    } finally {
      await server.stop();
    }
    for (const result of await readSummary(part)) {
      results.push({ ...result, page: `${index}/${result.page}` });
    }
  }
  return results;
}

async function readSummary(folder: string): Promise<readonly CaseResult[]> {
  return JSON.parse(await readFile(join(folder, "summary.json"), "utf8"));
}
