/**
 * Attacks every adapter on every runtime, and other implementations beside them. Without it a
 * hostile peer that holds or stalls a server would first be seen by a user's.
 *
 *     deno task hostile [--quick] [--only TEXT] [--kind N,N] [--json FILE]
 *
 * `--quick` is for every change: the cases that take a second or two, on the adapters that differ. An
 * attack that falls short there is tried once more, and both results are told: a machine that runs
 * tests for others may stand still for as long as a limit. What falls short twice counts.
 * `--only` picks programs by name (`deno http`), `--kind` kinds of attack.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import type { HostileCase, Outcome } from "./case.ts";
import { CASES } from "./cases.ts";
import { listPrograms } from "./programs.ts";
import { type Program, Target } from "./target.ts";

/** One attack on one program. */
export interface Attacked {
  readonly program: string;
  readonly kind: string;
  readonly name: string;
  readonly outcome: Outcome;
}

const MOST_MS = 120_000;
/** Machines that run tests for others stand still for hundreds of milliseconds. */
const CI_SLACK = 5;
/** More attacks than so many that fall short are no chance: they are not tried again. */
const MOST_AGAIN = 6;
/** Programs that the quick run leaves out: they share all that it tries with the rest. */
const SLOW_ADAPTERS: readonly string[] = ["duplex", "client duplex", "other"];
const DEFAULT_ADAPTERS = ["tcp", "http", "node", "duplex", "native"];

/** The options of a case, without those that the adapter does not have. */
function optionsFor({ options = {}, without = {} }: HostileCase, { adapter }: Program): object {
  const left = Object.entries(options).filter(([name]) => !without[adapter]?.includes(name));
  return Object.fromEntries(left);
}

async function attack(program: Program, tried: HostileCase, slack: number): Promise<Outcome> {
  let target: Target;
  try {
    target = await Target.start(program, optionsFor(tried, program), slack);
  } catch (error) {
    return { isGood: false, saw: error instanceof Error ? error.message.slice(0, 200) : "?" };
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ isGood: false, saw: `not over in ${MOST_MS} ms` }), MOST_MS);
  });
  try {
    const seen = await Promise.race([tried.run(target), late]);
    if (target.isAlive) return seen;
    return { ...seen, isGood: false, saw: `${seen.saw}; the process has ended` };
  } catch (error) {
    return { isGood: false, saw: error instanceof Error ? error.message.slice(0, 200) : "?" };
  } finally {
    clearTimeout(timer);
    target.stop();
  }
}

/** Whether a result counts as a failure: it is of ours, and not its runtime's doing. */
function fallsShort({ known }: HostileCase, { name, adapter }: Program, seen: Outcome): boolean {
  return !seen.isGood && adapter !== "other" && known?.[name] === undefined;
}

function describe(tried: HostileCase, program: Program, seen: Outcome): string {
  const { kind, name } = tried;
  const verdict = seen.isGood ? "ok  " : fallsShort(tried, program, seen) ? "FAIL" : "--  ";
  const bytes = seen.bytesPerPeer === undefined
    ? ""
    : ` ${Math.round(seen.bytesPerPeer / 1_024)} KiB a peer`;
  const stall = seen.stallMs === undefined ? "" : ` stall ${Math.round(seen.stallMs)} ms`;
  return `${verdict} ${kind.padStart(3)} ${
    program.name.padEnd(12)
  } ${name}: ${seen.saw}${bytes}${stall}`;
}

const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    kind: { type: "string", default: "" },
    json: { type: "string" },
  },
});
const kinds = flags.kind === "" ? null : new Set(flags.kind.split(","));
const attacked: Attacked[] = [];
let failed = 0, again = 0;
for (const tried of CASES) {
  if (kinds !== null && !kinds.has(tried.kind)) continue;
  if (flags.quick && !tried.isQuick) continue;
  const adapters: readonly string[] = tried.adapters ?? DEFAULT_ADAPTERS;
  for (const program of await listPrograms()) {
    if (!adapters.includes(program.adapter) || !program.name.includes(flags.only)) continue;
    if (flags.quick && SLOW_ADAPTERS.includes(program.adapter)) continue;
    const slack = flags.quick ? CI_SLACK : 1;
    let seen = await attack(program, tried, slack);
    if (flags.quick && fallsShort(tried, program, seen) && again++ < MOST_AGAIN) {
      console.log(`${describe(tried, program, seen)}; tried once more`);
      seen = await attack(program, tried, slack);
    }
    console.log(describe(tried, program, seen));
    if (fallsShort(tried, program, seen)) failed++;
    attacked.push({ program: program.name, kind: tried.kind, name: tried.name, outcome: seen });
  }
}
if (flags.json !== undefined) writeFileSync(flags.json, JSON.stringify(attacked, null, 1));
console.log(`${attacked.length} attacks, ${failed} fell short`);
process.exit(failed > 0 ? 1 : 0);
