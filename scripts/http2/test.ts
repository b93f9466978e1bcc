/**
 * Runs the tests of `tests/http2` on the three runtimes: HAProxy in front of our servers, Python's
 * h2 as a peer that sends what no client would, undici's WebSocket, and Chromium and Firefox with
 * 200 connections on one session. Without it HTTP/2 would be proven with `node:http2` alone, on
 * both ends.
 *
 *     deno task test:http2 [--runtimes deno,bun,node24] [FILE...]
 *
 * Python's packages go into `.cache`; as root on Debian it installs what else is missing. Anywhere
 * else a missing program is a failure.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { findBrowser, findPuppeteer } from "../lib/browsers.ts";
import { installPrograms, PROGRAM_PATH } from "../lib/programs.ts";
import { findRuntime, install, ROOT } from "../lib/runtimes.ts";

const H2 = "h2==4.4.1", UNDICI = "undici@8.13.1";
/** Programs, and the packages of Debian that have them. */
const PROGRAMS = {
  haproxy: "haproxy",
  python3: "python3-pip",
} as const;

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): number {
  const options = { env: { ...process.env, ...env }, stdio: ["ignore", 2, 2] } as const;
  return spawnSync(command, args, { ...options, stdio: [...options.stdio] }).status ?? 1;
}

function installH2(): string {
  const folder = join(ROOT, ".cache", H2.replace("==", "@"));
  if (existsSync(join(folder, "h2"))) return folder;
  const status = run("python3", ["-m", "pip", "install", "-q", "--target", folder, H2]);
  if (status !== 0) throw new Error(`pip install ${H2} ended with ${status}`);
  return folder;
}

installPrograms(PROGRAMS);
const undici = join(ROOT, ".cache", UNDICI);
if (!existsSync(undici)) await install(UNDICI, undici);
const given = process.argv.slice(2);
const files = given.some((argument) => argument.startsWith("tests/")) ? [] : ["tests/http2"];
const { status } = spawnSync(
  process.execPath,
  ["run", "-A", join(ROOT, "scripts/test/run.ts"), ...given, ...files],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: PROGRAM_PATH,
      PYTHONPATH: installH2(),
      CHROMIUM_PATH: findBrowser("chromium").path,
      FIREFOX_PATH: findBrowser("firefox").path,
      UNDICI_PATH: join(undici, "node_modules", "undici", "index.js"),
      PUPPETEER_PATH: await findPuppeteer(),
      NODE_PATH_24: (await findRuntime("node24")).path,
    },
  },
);
process.exit(status ?? 1);
