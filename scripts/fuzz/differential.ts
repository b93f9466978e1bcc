/**
 * The same bytes to this library, to npm's `ws` and to Python's `websockets`: the same messages, and the
 * same close code. Each difference has an explanation in `differences.ts`, or is an error.
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
import { type Kind, type Outcome, toHex } from "./outcome.ts";
import { readOurs } from "./ours.ts";
import { PythonReader } from "./python_reader.ts";
import { WsReader } from "./ws_reader.ts";

const BATCH = 500;
const SHOWN = 5;

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
  const python = await PythonReader.start(), ws = new WsReader();
  const rows: string[][] = [];
  let unexplained = 0, shown = 0;
  const began = performance.now();
  for (const kind of flags.kinds.split(",") as Kind[]) {
    const counts = new Map<string, number>();
    const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
    const total = Number(flags.inputs), first = Number(flags.seed);
    for (let at = 0; at < total; at += BATCH) {
      const inputs = Array.from(
        { length: Math.min(BATCH, total - at) },
        (_, i) => makeInput(kind, first + at + i),
      );
      const reading = python.read(inputs);
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
          console.log(`\n${kind} ${input.role} seed ${first + at + index}, ${peer}: ${name}`);
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
