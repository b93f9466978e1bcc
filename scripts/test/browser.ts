/**
 * Drives the chat example, a page that compresses, and the inspector, in a real Chromium, once for each runtime that serves it. Without
 * it only clients that we wrote or chose would ever have met the demo, and browsers are
 * the strictest of all.
 *
 *     deno task test:browser [--runtimes deno,bun,node24]
 *
 * Takes the browser at CHROME_PATH, else one that is installed, else (as root, where there is
 * apt-get) it installs Debian's. The browser is driven from Node by playwright-core, which
 * goes into `.cache`.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { addCounts, type Counts, countTests } from "./junit.ts";
import { findRuntime, type FoundRuntime, install, isRuntimeName, ROOT } from "../lib/runtimes.ts";
import { testArguments } from "./plan.ts";
import { formatTable } from "../lib/table.ts";

const TEST_FILES = [
  "tests/browser/chat_test.ts",
  "tests/browser/compression_test.ts",
  "tests/browser/inspector_test.ts",
];
/** Over a `redis-server`, which `deno task test:topics` installs. */
const ACROSS = "tests/browser/chat_across_test.ts";
const PLAYWRIGHT = "playwright-core@1.65.1";
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

function findInstalled(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, MAC_BROWSER].find((path) => existsSync(path));
}

/** Path of a Chromium; installs one if there is none and we may. */
function findChromium(): string {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH !== undefined) {
    if (existsSync(CHROME_PATH)) return CHROME_PATH;
    throw new Error(`There is no browser at CHROME_PATH, ${CHROME_PATH}`);
  }
  const installed = findInstalled();
  if (installed !== undefined) return installed;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.error("installing Chromium by apt-get");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
      const { status } = spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", 2, 2] });
      if (status !== 0) throw new Error(`apt-get ${args.join(" ")} ended with ${status}`);
    }
  }
  const found = findInstalled();
  if (found !== undefined) return found;
  throw new Error("No Chromium found: install one, or set CHROME_PATH to a Chrome or Chromium");
}

async function findPlaywright(): Promise<string> {
  const folder = join(ROOT, ".cache", PLAYWRIGHT);
  if (!existsSync(folder)) await install(PLAYWRIGHT, folder);
  return join(folder, "node_modules", "playwright-core", "index.mjs");
}

/** Runs one test file; a run that failed without a failing test (it crashed) counts as one. */
function runFile(
  driver: FoundRuntime,
  { file, report, env }: { file: string; report: string; env: NodeJS.ProcessEnv },
): Counts {
  const { status } = spawnSync(driver.path, testArguments(driver.kind, file, report), {
    cwd: ROOT,
    env,
    stdio: ["ignore", 1, 2],
  });
  const xml = existsSync(report) ? readFileSync(report, "utf8") : "";
  const counts = countTests(xml, driver.kind);
  const hasCrashed = counts.failed === 0 && (status !== 0 || counts.passed === 0);
  return hasCrashed ? { ...counts, failed: 1 } : counts;
}

async function main(args: string[]): Promise<number> {
  const options = { runtimes: { type: "string", default: "deno,bun,node24" } } as const;
  const names = parseArgs({ args, options }).values.runtimes.split(",");
  const env = {
    ...process.env,
    CHROME_PATH: findChromium(),
    PLAYWRIGHT_PATH: await findPlaywright(),
  };
  const driver = await findRuntime("node24");
  const reports = await mkdtemp(join(tmpdir(), "fullduplex-browser-"));
  const rows = [["runtime", "browser", "passed", "failed"]];
  const all: Counts[] = [];
  let allFailed = 0;
  // Once: it starts a server on each runtime by itself.
  const across = runFile(driver, { file: ACROSS, report: join(reports, "across.xml"), env });
  rows.push(["all", "Chromium", `${across.passed}`, `${across.failed}`]);
  all.push(across);
  allFailed += across.failed;
  for (const name of names) {
    if (!isRuntimeName(name)) throw new RangeError(`Unknown runtime "${name}"`);
    const CHAT_RUNTIME = JSON.stringify(await findRuntime(name));
    let passed = 0, failed = 0;
    for (const [index, file] of TEST_FILES.entries()) {
      const report = join(reports, `${name}.${index}.xml`);
      const counts = runFile(driver, { file, report, env: { ...env, CHAT_RUNTIME } });
      passed += counts.passed;
      failed += counts.failed;
      all.push(counts);
    }
    rows.push([name, "Chromium", `${passed}`, `${failed}`]);
    allFailed += failed;
  }
  await rm(reports, { recursive: true, force: true });
  const { passed } = addCounts(all);
  console.log(`\n${formatTable(rows)}\n\n${passed} passed, ${allFailed} failed`);
  return allFailed > 0 ? 1 : 0;
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
