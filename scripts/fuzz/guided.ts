/**
 * A fuzzer that keeps each input which takes a branch more often than any before, and goes on from
 * there. What it finds is the corpus that the tests replay.
 *
 *     deno task fuzz [--seconds N] [--only frames|heads] [--seed N] [--save]
 *
 * @module
 */
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { readCorpus, toLine, writeCorpus } from "../../tests/fuzz/corpus.ts";
import type { Invariant } from "../../tests/fuzz/invariants.ts";
import { Chance } from "../../tests/fuzz/random_streams.ts";
import { makeInput } from "./inputs.ts";
import { COUNTERS, instrument } from "./instrument.ts";

/** Inputs to begin with, beside those of the corpus. */
const SEEDS = 50;
const MOST_BYTES = 400;

/** How often, as one bit: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more. */
const CLASSES = Uint8Array.from({ length: 256 }, (_, times) => {
  const bounds = [1, 2, 3, 7, 15, 31, 127, 255];
  return times === 0 ? 0 : 1 << bounds.findIndex((bound) => times <= bound);
});

/** What was seen of one target. */
class Search {
  readonly #check: Invariant;
  readonly #counters: Uint8Array;
  readonly #seen: Uint8Array;
  readonly kept: Uint8Array[] = [];
  runs = 0;

  constructor(check: Invariant, counters: Uint8Array) {
    this.#check = check;
    this.#counters = counters;
    this.#seen = new Uint8Array(counters.length);
  }

  get branches(): number {
    return this.#seen.reduce((sum, classes) => sum + (classes === 0 ? 0 : 1), 0);
  }

  /** Runs an input; keeps it if it is new. */
  try(input: Uint8Array): boolean {
    this.runs++;
    this.#counters.fill(0);
    try {
      this.#check(input);
    } catch (cause) {
      throw new Error(`an invariant is broken by ${toLine(input)}: ${cause}`, { cause });
    }
    let isNew = false;
    for (let at = 0; at < this.#counters.length; at++) {
      const bit = CLASSES[this.#counters[at]!]!;
      if ((bit & ~this.#seen[at]!) === 0) continue;
      this.#seen[at]! |= bit;
      isNew = true;
    }
    if (isNew) this.kept.push(input);
    return isNew;
  }
}

function cutTo(most: number, bytes: readonly number[]): Uint8Array {
  return Uint8Array.from(bytes.slice(0, most));
}

/** Another input, made of one or two that were kept. */
function vary(kept: readonly Uint8Array[], chance: Chance): Uint8Array {
  const parent = chance.pick(kept);
  let input = chance.mutate(parent);
  if (chance.once(5)) {
    const other = chance.pick(kept), at = chance.below(input.length + 1);
    input = Uint8Array.from([...input.subarray(0, at), ...other.subarray(chance.below(at + 1))]);
  }
  return input.subarray(0, MOST_BYTES);
}

async function main(args: string[]): Promise<number> {
  const { values: flags } = parseArgs({
    args,
    options: {
      seconds: { type: "string", default: "30" },
      only: { type: "string", default: "" },
      seed: { type: "string", default: "1" },
      save: { type: "boolean", default: false },
    },
  });
  const folder = join(tmpdir(), `fullduplex-fuzz-${process.pid}`);
  const total = await instrument(folder);
  const counters = new Uint8Array(total);
  Reflect.set(globalThis, COUNTERS, counters);
  const { INVARIANTS } = await import(
    pathToFileURL(join(folder, "tests/fuzz/invariants.ts")).href
  ) as { INVARIANTS: Readonly<Record<string, Invariant>> };
  await rm(folder, { recursive: true });
  const chance = new Chance(Number(flags.seed));
  for (const [name, check] of Object.entries(INVARIANTS)) {
    if (!name.includes(flags.only)) continue;
    const search = new Search(check, counters);
    for (const input of await readCorpus(name)) search.try(input);
    const known = search.kept.length;
    for (let seed = 0; seed < SEEDS; seed++) {
      const { bytes } = makeInput(name as "frames" | "heads", seed);
      search.try(
        cutTo(MOST_BYTES, [chance.below(64), chance.below(6), chance.below(32), ...bytes]),
      );
    }
    const until = performance.now() + Number(flags.seconds) * 1_000;
    while (performance.now() < until) search.try(vary(search.kept, chance));
    const { runs, kept, branches } = search;
    console.log(
      `${name}: ${runs} inputs, ${branches} of ${total} branches of protocol and handshake, ` +
        `${kept.length} inputs are kept (${known} of them were known)`,
    );
    if (!flags.save) continue;
    // Small ones first, so that what they reach needs no large one.
    const least = new Search(check, counters);
    for (const input of kept.toSorted((a, b) => a.length - b.length)) least.try(input);
    await writeCorpus(name, least.kept);
    console.log(`${name}: ${least.kept.length} are written to tests/fuzz/corpus`);
  }
  return 0;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
