/**
 * Makes the pictures of the inspector page in `docs/inspector/`, while the server behind it has
 * 10,000 connections of which 2,000 are busy, and prints how long that server takes for a look.
 * Without it nobody would see what the page looks like, and whether looking disturbs a large
 * server.
 *
 *     deno task docs:inspector [--runtime node24] [--connections N] [--busy N]
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { startExample } from "../../tests/helpers/example_process.ts";
import { findBrowser, findPuppeteer } from "../lib/browsers.ts";
import { findRuntime, isRuntimeName, ROOT } from "../lib/runtimes.ts";
import { Peers } from "../drain/peers.ts";
import { spread } from "../bench/statistics.ts";

const FOLDER = join(ROOT, "docs", "inspector");
const SIZES = [[375, 812], [1280, 900]] as const;
/** The page looks once a second; its plots need some looks. */
const LOOKS = 20;

const { values } = parseArgs({
  options: {
    runtime: { type: "string", default: "node24" },
    connections: { type: "string", default: "10000" },
    busy: { type: "string", default: "2000" },
  },
});
if (!isRuntimeName(values.runtime)) throw new RangeError(`Unknown runtime "${values.runtime}"`);
process.env.BROWSER_PATH = findBrowser("chromium").path;
process.env.PUPPETEER_PATH = await findPuppeteer();
const { Browser } = await import("../../tests/browser/browsers.ts"); // reads the environment

const server = await startExample(await findRuntime(values.runtime), { file: "watched/main.ts" });
const peers = new Peers(Number(server.url.port));
await peers.open({ all: Number(values.connections), busy: Number(values.busy) });
const browser = await Browser.launch();
const page = await browser.open(server.url);

const times: number[] = [];
let bytes = 0;
for (let look = 0; look < LOOKS; look++) {
  const startedAt = performance.now();
  const response = await fetch(new URL("?data", server.url));
  bytes = (await response.arrayBuffer()).byteLength;
  times.push(performance.now() - startedAt);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}
await mkdir(FOLDER, { recursive: true });
for (const [width, height] of SIZES) {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.resize(width, height);
    await page.prefer(colorScheme);
    await page.until("document.querySelectorAll('tbody tr').length > 0");
    await page.screenshot(join(FOLDER, `${width}_${colorScheme}.png`));
  }
}
await browser.close();
await server.stop("SIGKILL");
const { median, most } = spread(times)!;
console.log(
  `${values.connections} connections, ${values.busy} of them busy, on ${values.runtime}:`,
);
console.log(`a look takes ${median.toFixed(1)} ms, at most ${most.toFixed(1)}, for ${bytes} bytes`);
process.exit();
