/**
 * The first hour of somebody who installs the package, on each runtime: install, server and client,
 * Express with sessions, nginx with TLS in front, both browsers, a deliberate restart. Without it
 * each step would be tried, and never their sum. Prints what was typed and seen, into
 * `.cache/package/first_hour.txt` as well.
 *
 *     deno task test:first-hour [--runtimes node24,bun,deno]
 *
 * @module
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { Browser, type Page } from "../../tests/browser/browsers.ts";
import { findFreePort } from "../../tests/helpers/daemon.ts";
import { startNginx } from "../../tests/helpers/reverse_proxies.ts";
import { findBrowser, findPuppeteer } from "../lib/browsers.ts";
import { installPrograms, PROGRAM_PATH } from "../lib/programs.ts";
import { findRuntime, type FoundRuntime, isRuntimeName, ROOT } from "../lib/runtimes.ts";
import { makeTarball, readPackageJson, TARBALL_FOLDER } from "./npm_package.ts";
import { mustRun } from "./project.ts";

const PROGRAMS = join(ROOT, "scripts", "package", "first_hour");
const lines: string[] = [];

/** Writes down a step, with the seconds since the runtime's beginning. */
function note(started: number, text: string): void {
  const line = `${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${text}`;
  lines.push(line);
  console.log(line);
}

interface Started {
  /** Ends it with SIGTERM; gives its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the server and waits for its line. */
async function startServer(command: readonly string[], folder: string): Promise<Started> {
  const [file = "", ...list] = command;
  const child = spawn(file, list, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return {
    async stop() {
      if (child.exitCode === null) process.kill(child.pid!, "SIGTERM");
      return await ended;
    },
  };
}

async function tryRuntime(runtime: FoundRuntime, tarball: string): Promise<void> {
  const started = performance.now(), tell = (text: string) => note(started, text);
  lines.push("", `# ${runtime.name}`);
  console.log(`\n# ${runtime.name}`);
  const folder = mkdtempSync(join(tmpdir(), "fullduplex-first-hour-"));
  for (const name of ["app.mjs", "client.mjs", "page.js"]) {
    copyFileSync(join(PROGRAMS, name), join(folder, name));
  }
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const isBun = runtime.kind === "bun";
  const install = isBun
    ? { file: runtime.path, arguments: ["add"] }
    : { file: "npm", arguments: ["install", "--no-audit", "--no-fund"] };
  const packages = [tarball, "express@5.3.0", "express-session@1.19.0"];
  await mustRun({ ...install, arguments: [...install.arguments, ...packages], folder });
  tell(`${isBun ? "bun add" : "npm install"} @fullduplex/websocket express express-session`);

  const port = await findFreePort();
  const flags = runtime.kind === "deno" ? ["run", "-A", "--node-modules-dir=manual"] : [];
  const run = [runtime.path, ...flags], command = [...run, "app.mjs", `${port}`];
  let server = await startServer(command, folder);
  tell(`${runtime.kind} app.mjs: Express, sessions and our mount on port ${port}`);
  const [file = "", ...rest] = run;
  const client = [...rest, "client.mjs", `http://127.0.0.1:${port}`];
  tell(`client.mjs: ${(await mustRun({ file, arguments: client, folder })).output.trim()}`);

  await using proxy = await startNginx(port, { isSecure: true });
  tell("nginx with TLS in front, on the path /app/");
  const browsers: Browser[] = [];
  try {
    const driver = await findPuppeteer(), pages = new Map<string, Page>();
    for (const name of ["chromium", "firefox"] as const) {
      const browser = await Browser.launch({ ...findBrowser(name), driver });
      browsers.push(browser);
      const page = await browser.open(`https://localhost:${proxy.port}/app/`);
      await page.see({ text: "hello visitor" });
      pages.set(name, page);
      tell(`${name}: the page's session is greeted, over TLS: "hello visitor"`);
    }
    tell(`SIGTERM: the server drains and ends with ${await server.stop()}`);
    for (const page of pages.values()) await page.see({ text: "lost: 1001 server is closing" });
    tell("both pages were told 1001, cleanly");
    server = await startServer(command, folder);
    for (const [name, page] of pages) {
      await page.see({ text: "hello visitor" }, { index: 1 });
      tell(`${name}: is back by itself, its session is still known`);
      if (page.errors.length > 0) throw new Error(`${name}: ${page.errors.join()}`);
    }
  } finally {
    for (const browser of browsers) await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: { runtimes: { type: "string", default: "node24,bun,deno" } },
});
installPrograms({ nginx: "nginx" });
process.env.PATH = PROGRAM_PATH;
const { path: tarball } = makeTarball(), { name, version } = readPackageJson();
lines.push(`The first hour with ${name}@${version}, from its tarball`);
for (const each of values.runtimes.split(",")) {
  if (!isRuntimeName(each)) throw new RangeError(`Unknown runtime "${each}"`);
  await tryRuntime(await findRuntime(each), tarball);
}
mkdirSync(TARBALL_FOLDER, { recursive: true });
writeFileSync(join(TARBALL_FOLDER, "first_hour.txt"), `${lines.join("\n")}\n`);
process.exit(0);
