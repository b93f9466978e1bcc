/**
 * The machine of a run, and the versions of everything that is compared.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import { findRuntime } from "../lib/runtimes.ts";
import { canPin } from "./pinned.ts";
import { PACKAGES, which } from "./prepare.ts";
import { COLUMNS, RUNTIME_OF } from "./servers.ts";

function firstLine(file: string, ...list: readonly string[]): string {
  try {
    return execFileSync(file, list, { encoding: "utf8" }).split("\n")[0]!.trim();
  } catch {
    return `no ${file}`;
  }
}

/** The versions. */
export async function describeVersions(): Promise<string> {
  const runtimes = await Promise.all(COLUMNS.map(async (column) => {
    const { path } = await findRuntime(RUNTIME_OF[column]);
    const version = firstLine(path, "--version").replace(/^deno |^v/, "").split(" ")[0];
    return `${column[0]!.toUpperCase()}${column.slice(1)} ${version}`;
  }));
  const go = which("go") === null
    ? []
    : [`coder/websocket 1.8.15 on ${firstLine("go", "version").split(" ")[2]}`];
  const rust = which("cargo") === null ? [] : [
    `fastwebsockets 0.10 on ${firstLine("rustc", "--version").split(" ").slice(0, 2).join(" ")}`,
  ];
  return [...runtimes, ...PACKAGES.map((name) => name.replace("@", " ")), ...go, ...rust].join(
    ", ",
  );
}

/** The machine in one sentence. */
export function describeMachine(): string {
  const model = cpus()[0]?.model ?? "unknown";
  const gib = Math.round(totalmem() / 2 ** 30);
  const pinning = canPin ? "server on one core, load on the other" : "nothing pinned to a core";
  return `${cpus().length} × ${model}, ${gib} GiB, ${type()} ${release()}; ${pinning}`;
}
