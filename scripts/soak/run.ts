/**
 * Loads our echo server for minutes and looks at its memory. Without it a leak, or a flood
 * that is taken in faster than it is worked off, would first show at a user's.
 *
 *     deno task soak [--parts mix,slow,deaf,bomb] [--only TEXT] [--messages N] [--flood MIB]
 *     deno task soak --minutes N [--only RUNTIME]    # all at once: see `mixed.ts`
 *
 * The load is Go's coder/websocket (`tests/interop/go/load.go`), which compares every byte.
 *
 * - `mix`: a million messages of 0 B to 1 MiB, text and binary, cut into fragments at random.
 * - `slow`: 512 MiB to a handler that waits 10 ms before each echo.
 * - `deaf`: 512 MiB from a peer that reads nothing until no more is taken, and then all.
 * - `bomb`: messages of 1 GiB of zeros, compressed to 1 MiB; each must end with 1009.
 *
 * `slow` and `deaf` are shown for `ws` and for Deno's and Bun's own servers too. Growth is
 * from an idle after a warm-up of 128 MiB, when the collector has taken the room it works in.
 * They are measured twice: as it is, where growth may be garbage that is not collected yet, and
 * `collected`, where it is what the library holds (`echo.ts` in this folder): at most 16 MiB.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { buildGo, installWs } from "../interop/peers.ts";
import { onRuntime } from "../lib/on_runtime.ts";
import { formatTable } from "../lib/table.ts";
import { type Command, withArguments } from "../lib/process.ts";
import { type Bombed, makeBomb, measureBombs } from "./bomb.ts";
import { GC_FLAGS, GIVING_BACK, GROWN_FLAGS } from "./memory_flags.ts";
import { soakMixed } from "./mixed.ts";
import { type Load, measure, type Measured } from "./server.ts";

const BOUND_MIB = 16;
const MIB = 1024 * 1024;
/** Bytes of large buffers that V8 may make before it collects them, with a margin. */
const GARBAGE_MIB = 64;
const WARM_UP_MIB = 128;
const FLOOD_SIZES = [64 * 1024, MIB];

interface Server {
  readonly name: string;
  readonly command: Command;
  /** The same, its allocators as large as they will get from the start. */
  readonly grown?: Command;
  /** The same, its garbage collected all the time. */
  readonly collected?: Command;
  /** Not ours: its figures are there to compare, and decide nothing. */
  readonly isControl: boolean;
}

async function listServers(): Promise<readonly Server[]> {
  const servers: Server[] = [];
  for (const runtime of ["node24", "deno", "bun"] as const) {
    const echo = await onRuntime(runtime, "scripts/echo.ts");
    const grown = await onRuntime(runtime, "scripts/echo.ts", GROWN_FLAGS[runtime]);
    const collected = await onRuntime(runtime, "scripts/soak/echo.ts", GC_FLAGS[runtime]);
    for (const adapter of ["tcp", "http"]) {
      const command = withArguments(echo, "--adapter", adapter);
      servers.push({
        name: `${runtime} ${adapter}`,
        command,
        grown: { ...withArguments(grown, "--adapter", adapter), environment: GIVING_BACK },
        collected: withArguments(collected, "--adapter", adapter),
        isControl: false,
      });
    }
  }
  await installWs();
  for (const [name, runtime] of [["ws", "node24"], ["deno", "deno"], ["bun", "bun"]] as const) {
    const command = await onRuntime(runtime, `tests/interop/${name}_server.ts`);
    servers.push({ name: name === "ws" ? "(ws)" : `(${name} native)`, command, isControl: true });
  }
  return servers;
}

const toRss = ({ rss }: { readonly rss: number }): number => rss;
const format = (mib: number): string => mib.toFixed(1);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function rssBetween({ samples }: Measured, from: number, to: number): readonly number[] {
  return samples.filter(({ done }) => done >= from && done < to).map(toRss);
}

const largest = (values: readonly number[]): number => Math.max(...values);

/** A row of a table, and whether it is as it must be. */
interface Row {
  readonly cells: readonly string[];
  readonly isGood: boolean;
}

const MIX_HEAD = [
  "server",
  "",
  "idle",
  "10-20 %",
  "90-100 %",
  "max after 10 %",
  "after",
  "seconds",
];

function toMixRow(measured: Measured): Row {
  const early = median(rssBetween(measured, 0.1, 0.2));
  const late = median(rssBetween(measured, 0.9, 1));
  const top = largest(rssBetween(measured, 0.1, 2));
  const figures = [measured.cold, early, late, top, measured.after, measured.seconds];
  const isFlat = late - early <= BOUND_MIB;
  return { cells: ["mix", ...figures.map(format)], isGood: isFlat && measured.failure === "" };
}

const FLOOD_HEAD = "server||cold|idle|held|growth|max|after|sent ahead|seconds".split("|");

function toFloodRow(name: string, isCollected: boolean, measured: Measured): Row {
  const { cold, idle, after, seconds, leadBytes, stalledBytes, failure, samples } = measured;
  // Once a peer that did not read begins to, it is one more ordinary peer.
  const held = largest(samples.filter(({ done }) => stalledBytes === 0 || done === 0).map(toRss));
  const ahead = Math.max(stalledBytes, leadBytes) / MIB;
  const top = largest(samples.map(toRss));
  const growth = held - idle;
  const figures = [cold, idle, held, growth, top, after, ahead, seconds];
  return {
    cells: [name, ...figures.map(format)],
    isGood: growth <= (isCollected ? BOUND_MIB : GARBAGE_MIB) && failure === "",
  };
}

const BOMB_HEAD = "server|idle|first|growth|all five|growth|close code|ms|".split("|");

function toBombRow({ idle, peakOfFirst, peak, codes, ms }: Bombed): Row {
  const growths = [peakOfFirst - idle, peak - idle];
  return {
    cells: [
      ...[idle, peakOfFirst, growths[0]!, peak, growths[1]!].map(format),
      codes.join(),
      ms.toFixed(0),
    ],
    isGood: growths[0]! <= BOUND_MIB && growths[1]! <= GARBAGE_MIB && codes.join() === "1009",
  };
}

async function main(args: string[]): Promise<number> {
  const { values: flags } = parseArgs({
    args,
    options: {
      parts: { type: "string", default: "mix,slow,deaf,bomb" },
      only: { type: "string", default: "" },
      messages: { type: "string", default: "1000000" },
      flood: { type: "string", default: "512" },
      minutes: { type: "string" },
    },
  });
  if (flags.minutes !== undefined) return await soakMixed(Number(flags.minutes), flags.only);
  const peer = await buildGo();
  const servers = (await listServers()).filter(({ name }) => name.includes(flags.only));
  let passed = 0, failed = 0;

  const fill = async (
    server: Server,
    command: Command,
    load: Load,
    toRow: (m: Measured) => Row,
  ) => {
    const measured = await measure(command, peer, load);
    const { cells, isGood } = toRow(measured);
    const verdict = server.isControl ? "" : isGood ? "ok" : "FAIL";
    if (verdict === "ok") passed++;
    if (verdict === "FAIL") failed++;
    const row = [server.name, ...cells, verdict];
    console.log(row.join("  "), measured.failure.slice(0, 300));
    return row;
  };
  const print = (head: readonly string[], rows: readonly string[][]) =>
    console.log(`\n${formatTable([head, ...rows])}\n`);

  const messages = Number(flags.messages), floodBytes = Number(flags.flood) * MIB;
  console.log("Memory is VmRSS in MiB, and so is what was sent ahead of the echo.\n");
  if (flags.parts.includes("mix")) {
    const rows: string[][] = [];
    const load: Load = { messages, arguments: [], warmUp: ["-messages", "4000"] };
    for (const server of servers) {
      if (server.grown !== undefined) rows.push(await fill(server, server.grown, load, toMixRow));
    }
    print(MIX_HEAD, rows);
  }
  for (const part of ["slow", "deaf"].filter((part) => flags.parts.includes(part))) {
    const rows: string[][] = [];
    for (const server of servers) {
      const delay = part === "slow" ? ["--delay", "10"] : [];
      for (const size of FLOOD_SIZES) {
        const count = floodBytes / size;
        const common = ["-connections", "1", "-size", `${size}`];
        const load: Load = {
          messages: count,
          arguments: [...common, "-window", `${count}`, ...(part === "deaf" ? ["-deaf"] : [])],
          warmUp: [...common, "-messages", `${(WARM_UP_MIB * MIB) / size}`, "-window", "16"],
        };
        for (
          const [how, command] of [["", server.command], [", collected", server.collected]] as const
        ) {
          if (command === undefined) continue;
          const name = `${part} ${size / 1024} KiB${how}`;
          const toRow = (measured: Measured) => toFloodRow(name, how !== "", measured);
          rows.push(await fill(server, withArguments(command, ...delay), load, toRow));
        }
      }
    }
    print(FLOOD_HEAD, rows);
  }
  if (flags.parts.includes("bomb")) {
    const bomb = makeBomb(), rows: string[][] = [];
    for (const { name, command } of servers.filter(({ isControl }) => !isControl)) {
      const bombed = await measureBombs(withArguments(command, "--deflate"), bomb);
      const { cells, isGood } = toBombRow(bombed);
      if (isGood) passed++;
      else failed++;
      rows.push([name, ...cells, isGood ? "ok" : "FAIL"]);
      console.log(rows.at(-1)!.join("  "));
    }
    console.log(`\nA message of 1 GiB in ${format(bomb.length / MIB)} MiB, five times:`);
    print(BOMB_HEAD, rows);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
