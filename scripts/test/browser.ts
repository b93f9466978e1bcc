/**
 * Drives the chat example, a page with our client, one that compresses, and the inspector, in a
 * real Chromium and a real Firefox, once for each runtime that serves them, directly and through
 * nginx with TLS, HAProxy, Caddy and Apache. Without it only clients that we wrote or chose would
 * ever have met the demo, and browsers are the strictest of all.
 *
 *     deno task test:browser [--runtimes deno,bun,node24] [--browsers chromium,firefox] [FILE...]
 *
 * Takes the browsers at CHROME_PATH and FIREFOX_PATH, else those that are installed; as root on
 * Debian it installs what is missing. Node drives them by puppeteer-core, which goes into `.cache`.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { addCounts, type Counts, countTests } from "./junit.ts";
import { run } from "../lib/process.ts";
import { findBrowser, findPuppeteer, type FoundBrowser } from "../lib/browsers.ts";
import { installPrograms, PROGRAM_PATH } from "../lib/programs.ts";
import { findRuntime, type FoundRuntime, isRuntimeName, ROOT } from "../lib/runtimes.ts";
import { testArguments } from "./plan.ts";
import { formatTable } from "../lib/table.ts";

const TEST_FILES = [
  "tests/browser/client_test.ts",
  "tests/browser/chat_test.ts",
  "tests/browser/compression_test.ts",
  "tests/browser/inspector_test.ts",
];
/** Starts a server on each runtime by itself, over a `redis-server`. */
const ACROSS = "tests/browser/chat_across_test.ts";
/** Looks at what `deno task docs:site` makes. */
const SITE = "tests/browser/site_test.ts";
const FILE_MS = 600_000;

/** Runs one test file; a run that failed without a failing test (it crashed) counts as one. */
async function runFile(
  driver: FoundRuntime,
  { file, report, environment }: {
    readonly file: string;
    readonly report: string;
    readonly environment: Readonly<Record<string, string>>;
  },
): Promise<Counts> {
  const list = testArguments(driver.kind, file, report);
  const ended = await run({ file: driver.path, arguments: list, environment }, FILE_MS);
  console.log(ended.output + ended.errors);
  const counts = countTests(existsSync(report) ? readFileSync(report, "utf8") : "", driver.kind);
  const hasCrashed = counts.failed === 0 && (ended.code !== 0 || counts.passed === 0);
  return hasCrashed ? { ...counts, failed: 1 } : counts;
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      runtimes: { type: "string", default: "deno,bun,node24" },
      browsers: { type: "string", default: "chromium,firefox" },
    },
  });
  const names = values.runtimes.split(",").map((name) => {
    if (isRuntimeName(name)) return name;
    throw new RangeError(`Unknown runtime "${name}"`);
  });
  const browsers = values.browsers.split(",").map((name) => {
    if (name === "chromium" || name === "firefox") return findBrowser(name);
    throw new RangeError(`Unknown browser "${name}"`);
  });
  const isWanted = (file: string) => positionals.length === 0 || positionals.includes(file);
  installPrograms({ nginx: "nginx", haproxy: "haproxy", caddy: "caddy", apache2: "apache2" });
  if (isWanted(SITE)) {
    const site = join(ROOT, "scripts", "docs", "site.ts");
    const { status } = spawnSync(process.execPath, ["run", "-A", site], {
      stdio: ["ignore", 2, 2],
    });
    if (status !== 0) throw new Error(`docs:site ended with ${status}`);
  }
  const PUPPETEER_PATH = await findPuppeteer();
  const driver = await findRuntime("node24");
  const reports = await mkdtemp(join(tmpdir(), "fullduplex-browser-"));

  /** All files in one browser, one after the other. */
  const runBrowser = async (browser: FoundBrowser): Promise<readonly (readonly string[])[]> => {
    const jobs = [
      ...names.flatMap((name) => TEST_FILES.map((file) => ({ name, file }))),
      { name: undefined, file: ACROSS },
      { name: undefined, file: SITE },
    ].filter(({ file }) => isWanted(file));
    const counts = new Map<string, Counts>();
    for (const [index, { name, file }] of jobs.entries()) {
      const runtime = name === undefined ? {} : await findRuntime(name);
      const environment = {
        PATH: PROGRAM_PATH,
        BROWSER_NAME: browser.name,
        BROWSER_PATH: browser.path,
        PUPPETEER_PATH,
        CHAT_RUNTIME: JSON.stringify(runtime),
      };
      const report = join(reports, `${browser.name}.${index}.xml`);
      const row = name ?? "all at once";
      const added = await runFile(driver, { file, report, environment });
      counts.set(row, addCounts([added, ...counts.has(row) ? [counts.get(row)!] : []]));
    }
    return [...counts].map(([row, { passed, failed }]) => [
      row,
      browser.name,
      `${passed}`,
      `${failed}`,
    ]);
  };
  // Both browsers at once: each waits most of the time.
  const rows = (await Promise.all(browsers.map(runBrowser))).flat();
  await rm(reports, { recursive: true, force: true });
  const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0);
  console.log(formatTable([["runtime", "browser", "passed", "failed"], ...rows]));
  console.log(`\n${sum(2)} passed, ${sum(3)} failed`);
  return sum(3) > 0 || sum(2) === 0 ? 1 : 0;
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
