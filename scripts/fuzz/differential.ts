/**
 * The same bytes to this library, to npm's `ws` and to Python's `websockets`: the same messages,
 * and the same close code. Each difference has an explanation in `differences.ts`, or is an error.
 *
 *     deno task fuzz:differential [--inputs N] [--seed N] [--kinds frames,deflate,heads] [--show NAME]
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { installWs } from "../interop/peers.ts";
import { formatTable } from "../lib/table.ts";
import { explain } from "./differences.ts";
import { makeInput } from "./inputs.ts";
import { type Input, type Kind, type Outcome, toHex } from "./outcome.ts";
import { readOurs } from "./ours.ts";
import { PythonReader } from "./python_reader.ts";
import { WsReader } from "./ws_reader.ts";

const BATCH = 500;
const SHOWN = 5;

/** Inputs of successive seeds, and Python at work on them. */
interface Batch {
  readonly first: number;
  readonly inputs: readonly Input[];
  readonly reading: Promise<Outcome[]>;
}

/** The batches of a run. One more than is asked for is under way, so that Python never waits. */
function* makeBatches(
  kind: Kind,
  { first, total }: { readonly first: number; readonly total: number },
  python: PythonReader,
): Generator<Batch> {
  let ready: Batch | undefined;
  for (let at = 0; at < total; at += BATCH) {
    const length = Math.min(BATCH, total - at);
    const inputs = Array.from({ length }, (_, index) => makeInput(kind, first + at + index));
    const next = { first: first + at, inputs, reading: python.read(inputs) };
    if (ready !== undefined) yield ready;
    ready = next;
  }
  if (ready !== undefined) yield ready;
}

const isSame = (ours: Outcome, theirs: Outcome): boolean =>
  ours.end === theirs.end && ours.events.join() === theirs.events.join();

async function main(args: string[]): Promise<number> {
  const { values: flags } = parseArgs({
    args,
    options: {
      inputs: { type: "string", default: "30000" },
      seed: { type: "string", default: "1" },
      kinds: { type: "string", default: "frames,deflate,heads" },
      show: { type: "string", default: "" },
    },
  });
  await installWs();
  Error.stackTraceLimit = 0; // `ws` makes an error of each broken stream: a third of the time
  const python = await PythonReader.start(), ws = new WsReader();
  const rows: string[][] = [];
  let unexplained = 0, shown = 0;
  const began = performance.now();
  for (const kind of flags.kinds.split(",") as Kind[]) {
    const counts = new Map<string, number>();
    const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
    const range = { first: Number(flags.seed), total: Number(flags.inputs) };
    for (const { first, inputs, reading } of makeBatches(kind, range, python)) {
      const ours = inputs.map(readOurs);
      const readings = { ws: [] as Outcome[], websockets: [] as Outcome[] };
      for (const input of inputs) readings.ws.push(await ws.read(input));
      readings.websockets = await reading;
      for (const [index, input] of inputs.entries()) {
        for (const peer of ["ws", "websockets"] as const) {
          const theirs = readings[peer][index]!, own = ours[index]!;
          if (isSame(own, theirs)) {
            count(`${peer}: same`);
            continue;
          }
          const name = explain(input, { ours: own, theirs, peer });
          count(`${peer}: ${name ?? "UNEXPLAINED"}`);
          if (name === null) unexplained++;
          const isWanted = name === null || (flags.show !== "" && name.includes(flags.show));
          if (!isWanted || shown++ >= SHOWN) continue;
          console.log(`\n${kind} ${input.role} seed ${first + index}, ${peer}: ${name}`);
          console.log(
            kind === "heads"
              ? JSON.stringify(Buffer.from(input.bytes).toString("latin1"))
              : toHex(input.bytes).slice(0, 400),
          );
          console.log("ours  ", JSON.stringify(own).slice(0, 600));
          console.log("theirs", JSON.stringify(theirs).slice(0, 600));
        }
      }
    }
    for (const [name, number] of [...counts].sort(([a], [b]) => a < b ? -1 : 1)) {
      rows.push([kind, name, `${number}`]);
    }
  }
  python.stop();
  const seconds = (performance.now() - began) / 1_000;
  console.log(`\n${formatTable([["inputs", "reading", "number"], ...rows])}\n`);
  console.log(`${flags.inputs} inputs of each kind in ${seconds.toFixed(0)} s`);
  console.log(`${unexplained} differences without an explanation`);
  return unexplained === 0 ? 0 : 1;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
