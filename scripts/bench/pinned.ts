/**
 * Servers on one core and the load on another. Without it the two would take turns on the
 * same core whenever the system likes, and a ratio would be one of scheduling.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import process from "node:process";
import type { Command } from "../lib/process.ts";
import { which } from "./prepare.ts";

/** Which core something is pinned to, where that is possible. */
export const CORES = { server: 1, load: 0 } as const;

/** Whether anything can be pinned. */
export const canPin: boolean = process.platform === "linux" && which("taskset") !== null &&
  availableParallelism() > 1;

/** Before other processes, where that is allowed: -20 to 19, as `nice` counts. */
const NICE = process.env.BENCH_NICE;
/** More open files than the system's own limit only if root asks for them. */
const LIMIT = 'ulimit -n 120000 2>/dev/null || ulimit -n "$(ulimit -Hn)" 2>/dev/null';
// Linux groups processes by session and shares time between groups: `nice` alone means
// nothing to other sessions.
const SCRIPT = NICE === undefined
  ? `${LIMIT}; exec "$@"`
  : `${LIMIT}; echo ${NICE} > /proc/self/autogroup; exec nice -n ${NICE} "$@"`;

/** How many files a process can have open, with what is done here. */
export function maxOpenFiles(): number {
  if (process.platform === "win32") return Infinity;
  const { stdout } = spawnSync("/bin/sh", ["-c", `${LIMIT}; ulimit -n`], { encoding: "utf8" });
  return stdout.trim() === "unlimited" ? Infinity : Number(stdout);
}

/** The same command on one core, with as many open files as the system allows. */
export function pinned(command: Command, role: keyof typeof CORES): Command {
  if (process.platform === "win32") return command;
  const pin = canPin ? ["taskset", "-c", String(CORES[role])] : [];
  const words = ["/bin/sh", "-c", SCRIPT, "sh", ...pin, command.file, ...command.arguments];
  const [file = "", ...list] = NICE === undefined ? words : ["setsid", ...words];
  return { ...command, file, arguments: list };
}
