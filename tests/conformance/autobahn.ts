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
import { type Command, run, startServer, withArguments } from "../../scripts/lib/process.ts";
import { ROOT } from "../../scripts/lib/runtimes.ts";
import type { CaseResult } from "./result.ts";

/** The package, with its version. */
export const KOSOKU = "kosoku==0.1.0";
const VENV = join(ROOT, ".cache", "conformance", KOSOKU);
const PLAIN = `${VENV}-plain`;
const DRIVER = join(ROOT, "tests", "conformance", "driver.py");
const RUN_MS = 3_600_000;

/** Cases that are run together, and how many at a time. */
export interface CaseGroup {
  readonly globs: readonly string[];
  readonly concurrency: number;
  /** Further arguments of a client, beside `--parallel`. */
  readonly clientOptions?: readonly string[];
}

/** Framing, UTF-8, closing: small, and some wait a second. */
const LIGHT: CaseGroup = {
  globs: ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"],
  concurrency: 4,
};
/** Megabytes in one message, or in a million. */
const LARGE: CaseGroup = { globs: ["9.*"], concurrency: 1 };
const PLAIN_OFFERS = ["13.1", "13.3", "13.4", "13.7"];
/**
 * Here the server wants `client_no_context_takeover`, and only from a client that has offered it.
 */
const NO_TAKEOVER = ["13.2", "13.5", "13.6"];
const ASK_NO_TAKEOVER = { concurrency: 2, clientOptions: ["--no-takeover"] } as const;
/** permessage-deflate: 1,000 messages a case. */
const DEFLATE: readonly CaseGroup[] = [
  { globs: ["12.*", ...PLAIN_OFFERS.map((part) => `${part}.*`)], concurrency: 2 },
  { globs: NO_TAKEOVER.map((part) => `${part}.*`), ...ASK_NO_TAKEOVER },
];
/** One kind of data of each parameter, messages of up to 1 KiB. */
const small = (parts: readonly string[]): readonly string[] =>
  parts.flatMap((part) => [1, 2, 3, 4].map((size) => `${part}.${size}`));
const SMALL_DEFLATE: readonly CaseGroup[] = [
  { globs: small(["12.1", ...PLAIN_OFFERS]), concurrency: 2 },
  { globs: small(NO_TAKEOVER), ...ASK_NO_TAKEOVER },
];

/** The groups of a run; those of permessage-deflate only where there is any. */
export function groupsOf(
  flags: { isQuick: boolean; deflate: "none" | "small" | "all" },
): readonly CaseGroup[] {
  const { isQuick, deflate } = flags;
  const compressed = deflate === "none" ? [] : deflate === "small" ? SMALL_DEFLATE : DEFLATE;
  return isQuick ? [LIGHT, ...compressed] : [LIGHT, LARGE, ...compressed];
}

/** Installs kosoku if it is missing; returns the command of the driver. */
export async function prepareDriver(): Promise<Command> {
  if (!existsSync(VENV) && !existsSync(PLAIN)) {
    console.error(`installing ${KOSOKU}`);
    await installInto(VENV, makeVenv).catch(async (error) => {
      // Debian's Python comes without what makes a virtual environment, but for another package.
      console.error(`no virtual environment: ${(error as Error).message}`);
      await installInto(PLAIN, (folder) => pip("python3", ["--target", folder]));
    });
  }
  if (existsSync(VENV)) return { file: pythonOf(VENV), arguments: [DRIVER] };
  return { file: "python3", arguments: [DRIVER], environment: { PYTHONPATH: PLAIN } };
}

async function installInto(
  folder: string,
  install: (folder: string) => Promise<void>,
): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  await install(unfinished);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder); // its python still works; only its scripts would not
}

function pythonOf(venv: string): string {
  return process.platform === "win32"
    ? join(venv, "Scripts", "python.exe")
    : join(venv, "bin", "python");
}

async function makeVenv(folder: string): Promise<void> {
  await runPython("python3", ["-m", "venv", folder]);
  await pip(pythonOf(folder), []);
}

async function pip(python: string, flags: readonly string[]): Promise<void> {
  const quiet = ["--quiet", "--disable-pip-version-check"];
  await runPython(python, ["-m", "pip", "install", ...quiet, ...flags, KOSOKU]);
}

async function runPython(file: string, list: readonly string[]): Promise<void> {
  const { code, errors } = await run({ file, arguments: list }, RUN_MS);
  if (code !== 0) throw new Error(`${file} ${list.join(" ")} ended with ${code}\n${errors}`);
}

const toArgument = ({ globs, concurrency }: CaseGroup): string => `${concurrency}:${globs}`;

/** Options of a run: the cases, and a folder for its pages. */
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

/** The command of a client for a server of the cases, with `--parallel` and the like. */
export type ClientFor = (serverUrl: string, ...options: readonly string[]) => Command;

/** Tries a client. */
export async function tryClient(
  { driver, groups, folder }: AutobahnRun,
  client: ClientFor,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const [index, group] of groups.entries()) {
    const part = join(folder, String(index));
    const server = await startServer(withArguments(driver, "server", part, toArgument(group)));
    try {
      const options = ["--parallel", String(group.concurrency), ...group.clientOptions ?? []];
      const { code, errors } = await run(client(server.url, ...options), RUN_MS);
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
