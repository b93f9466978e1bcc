/**
 * Every server and client that the benchmark compares, as data: its name in the tables, and the
 * command that starts it.
 *
 * @module
 */
import type { Command } from "../lib/process.ts";
import type { RuntimeName } from "../lib/runtimes.ts";
import type { Cell } from "./workloads.ts";

/** The runtimes of the table's columns; the native servers of others are on `other`. */
export const COLUMNS = ["node", "deno", "bun"] as const;
/** One of {@linkcode COLUMNS}. */
export type Column = (typeof COLUMNS)[number];
/** Where a server runs. */
export type Place = Column | "other";

/** The version that stands for each runtime, by its name in `runtimes.ts`. */
export const RUNTIME_OF: Readonly<Record<Column, RuntimeName>> = {
  node: "node24",
  deno: "deno",
  bun: "bun",
};

/** A file of this repository with arguments, or a program that was built. */
type Start =
  | { readonly file: string; readonly args?: readonly string[]; readonly ws?: "plain" }
  | { readonly program: string };

const PEERS = "scripts/bench/peers";
const OURS = `${PEERS}/ours.ts`, FANOUT = "scripts/fanout.ts";

/** All servers by name; the clients are programs that are measured in the same way. */
export const SERVERS = {
  "ours": { file: OURS },
  "ours-session": { file: OURS, args: ["--session"] },
  "ours-deflate": { file: OURS, args: ["--deflate"] },
  "ours-large": { file: OURS, args: ["--large"] },
  "raw": { file: `${PEERS}/raw_net.ts` },
  "raw-listen": { file: `${PEERS}/raw_deno.ts` },
  "raw-bun": { file: `${PEERS}/raw_bun.ts` },
  "ws": { file: `${PEERS}/ws.ts`, ws: "plain" },
  "ws-string": { file: `${PEERS}/ws.ts`, args: ["--string"], ws: "plain" },
  "ws-deflate": { file: `${PEERS}/ws.ts`, args: ["--deflate"], ws: "plain" },
  "ws+bufferutil": { file: `${PEERS}/ws.ts` },
  "crossws": { file: `${PEERS}/crossws.ts` },
  "face-ws": { file: `${PEERS}/face_ws.ts` },
  "face-hooks": { file: `${PEERS}/face_hooks.ts` },
  "native-deno": { file: `${PEERS}/native_deno.ts` },
  "native-bun": { file: `${PEERS}/native_bun.ts` },
  "native-bun-deflate": { file: `${PEERS}/native_bun.ts`, args: ["--deflate"] },
  "ours-http": { file: OURS, args: ["--http"] },
  "mount": { file: `${PEERS}/mount.ts` },
  "ours-topics": { file: FANOUT, args: ["--style", "topics"] },
  "ours-loop": { file: FANOUT, args: ["--style", "loop"] },
  "fanout": { file: `${PEERS}/fanout.ts`, ws: "plain" },
  "fanout-topics": { file: `${PEERS}/fanout.ts`, args: ["--style", "topics"] },
  "keepalive": { file: `${PEERS}/keepalive.ts`, ws: "plain" },
  "go": { program: "go/bench" },
  "rust": { program: "rust/release/bench" },
  "client-ours": { file: `${PEERS}/client.ts`, args: ["ours"] },
  "client-face": { file: `${PEERS}/client.ts`, args: ["face"] },
  "client-native": { file: `${PEERS}/client.ts`, args: ["native"] },
  "client-ws": { file: `${PEERS}/client.ts`, args: ["ws"], ws: "plain" },
} as const satisfies Readonly<Record<string, Start>>;

/** A key of {@linkcode SERVERS}. */
export type ServerName = keyof typeof SERVERS;

/** Paths on this machine, for the commands. */
export interface Installed {
  /** The folder of installed and built programs. */
  readonly cache: string;
  /** The command that starts a file on a runtime. */
  onRuntime(name: RuntimeName, file: string): Promise<Command>;
}

/** The command that starts the server of a cell on its runtime. */
export async function commandOf(
  { server: name, place, load }: Cell,
  installed: Installed,
): Promise<Command> {
  const start: Start = SERVERS[name];
  if ("program" in start) return { file: `${installed.cache}/${start.program}`, arguments: [] };
  if (place === "other") throw new Error(`${name} runs on a JavaScript runtime`);
  const command = await installed.onRuntime(RUNTIME_OF[place], start.file);
  return {
    file: command.file,
    arguments: [
      ...command.arguments,
      ...(start.args ?? []),
      ...(load.isTls === true ? ["--tls"] : []),
    ],
    ...(start.ws === "plain" && { environment: { WS_NO_BUFFER_UTIL: "1" } }),
  };
}
