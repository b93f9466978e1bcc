/**
 * Cost of `./observe`. Fails if an observer costs more than 3 % of a server's CPU time for an echo,
 * with 64 connections and one message in flight on each, or if a server without observers pays 2 ns
 * or more for a message beside the same library without the hook.
 *
 *     deno task bench:observe [RUNTIME...]
 *
 * The copy without the hook differs in one file, from which everything that mentions the tap is
 * taken out. Both kinds are measured in turn, and the median of the rounds' differences counts. On
 * Linux.
 *
 * @module
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { onRuntime } from "../../lib/on_runtime.ts";
import { run, type RunningServer, startServer, withArguments } from "../../lib/process.ts";
import { isRuntimeName, ROOT, type RuntimeName } from "../../lib/runtimes.ts";
import { formatTable } from "../../lib/table.ts";
import { pinned } from "../pinned.ts";
import { CACHE, prepareLoad } from "../prepare.ts";
import { ratiosOf, spread } from "../statistics.ts";

const ROUNDS = 9, MEMORY_ROUNDS = 7, MOST_SHARE = 1.03, MOST_NS = 2;
const LOAD = ["--connections", "64", "--in-flight", "1", "--bytes", "64"];
const TIME = ["--seconds", "1", "--warm", "0.3"];
const WITHOUT = join(CACHE, "without-hook");

/** Copies the library, and takes the hook out. */
async function copyWithoutHook(): Promise<void> {
  const file = join(WITHOUT, "src/server/upgrader.ts");
  await rm(WITHOUT, { recursive: true, force: true });
  await mkdir(WITHOUT, { recursive: true });
  await cp(join(ROOT, "src"), join(WITHOUT, "src"), { recursive: true });
  const source = await readFile(file, "utf8");
  const without = source
    .replace(/tap === null \? limited : tap\.watch\(limited, handshake\)/, "limited")
    .replaceAll(/^ *this\.tap\?\.on.*\n/gm, "");
  const count = source.split("tap").length - without.split("tap").length;
  if (count < 6 || /tap\??\.(on|watch)/.test(without)) {
    throw new Error(`the hook in ${file} has changed: ${count} places were taken out`);
  }
  await writeFile(file, without);
}

const median = (values: readonly number[]): number => spread(values)?.median ?? NaN;

/** Nanoseconds for one echo, with the hook and without, in pairs. */
async function measureHook(
  name: RuntimeName,
): Promise<{ with: number; without: number; more: number }> {
  const command = await onRuntime(name, "scripts/bench/observe/in_memory.ts");
  const measure = async (root: string): Promise<number> => {
    const { code, output, errors } = await run(
      pinned(withArguments(command, root), "server"),
      60_000,
    );
    if (code !== 0) throw new Error(`${name}: ${errors}`);
    return Number(output);
  };
  const plain: number[] = [], hooked: number[] = [];
  for (let round = 0; round < MEMORY_ROUNDS; round++) {
    hooked.push(await measure(ROOT));
    plain.push(await measure(WITHOUT));
  }
  const more = median(hooked.map((value, round) => value - plain[round]!));
  return { with: median(hooked), without: median(plain), more };
}

/** The server's nanoseconds for one echo, with an observer and without, in pairs. */
async function measureObserver(
  name: RuntimeName,
): Promise<{ with: number; without: number; share: number }> {
  const { command: [file = "", ...rest] } = await prepareLoad({ onBun: false });
  const command = await onRuntime(name, "scripts/bench/observe/server.ts");
  const start = (word: string) => startServer(pinned(withArguments(command, word), "server"));
  const servers = { plain: await start("plain"), observed: await start("observed") };
  const measure = async ({ url, pid }: RunningServer): Promise<number> => {
    const where = ["--port", new URL(url).port, "--pid", `${pid}`];
    const load = pinned({ file, arguments: [...rest, "echo", ...LOAD, ...TIME, ...where] }, "load");
    const { code, output, errors } = await run(load, 60_000);
    if (code !== 0) throw new Error(`${name}: ${errors}`);
    const { serverCpuNs, messages } = JSON.parse(output);
    return serverCpuNs / messages;
  };
  const plain: number[] = [], observed: number[] = [];
  for (const server of Object.values(servers)) await measure(server); // compiles
  for (let round = 0; round < ROUNDS; round++) {
    const isFirst = round % 2 === 0;
    if (isFirst) plain.push(await measure(servers.plain));
    observed.push(await measure(servers.observed));
    if (!isFirst) plain.push(await measure(servers.plain));
  }
  for (const server of Object.values(servers)) await server.stop();
  return {
    with: median(observed),
    without: median(plain),
    share: median(ratiosOf(observed, plain)),
  };
}

const given = process.argv.slice(2);
const rows = [["runtime", "what", "without, ns", "with, ns", "more"]];
let isGood = true;
await copyWithoutHook();
for (const name of given.length > 0 ? given : ["deno", "bun", "node24"]) {
  if (!isRuntimeName(name)) throw new RangeError(`Unknown runtime "${name}"`);
  const hook = await measureHook(name), observer = await measureObserver(name);
  isGood &&= hook.more < MOST_NS && observer.share < MOST_SHARE;
  const numbers = (...values: number[]) => values.map((value) => value.toFixed(0));
  rows.push([name, "the hook", ...numbers(hook.without, hook.with), `${hook.more.toFixed(1)} ns`]);
  const percent = ((observer.share - 1) * 100).toFixed(1);
  rows.push([name, "an observer", ...numbers(observer.without, observer.with), `${percent} %`]);
}
console.log(formatTable(rows));
if (!isGood) console.error(`more than ${MOST_NS} ns or ${MOST_SHARE}`);
process.exit(isGood ? 0 : 1);
