/**
 * Runs the tests of topics over real engines on Deno, Bun and Node. Without this task they would
 * need somebody to install the engines, and would be skipped where nobody has.
 *
 *     deno task test:topics [--runtimes deno,bun,node24] [FILE...]
 *
 * It installs what is missing: Debian's `redis-server` and `nats-server` with `apt-get` (for which
 * it needs to be root), and the clients from npm into `.cache/topics`.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { findProgram } from "../../tests/engines/servers.ts";
import { ROOT } from "../lib/runtimes.ts";
import { installClients } from "./clients.ts";

const PACKAGES = ["redis-server", "nats-server"];

function isMissing(name: string): boolean {
  try {
    findProgram(name);
    return false;
  } catch {
    return true;
  }
}

function run(file: string, ...flags: readonly string[]): void {
  const { status, error } = spawnSync(file, flags, {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const missing = PACKAGES.filter(isMissing);
if (missing.length > 0) {
  run("apt-get", "-o", "Acquire::Retries=3", "update");
  // The tests start servers of their own: the ones of the system are not to run.
  run(
    "apt-get",
    "-o",
    "Acquire::Retries=3",
    "install",
    "-y",
    "--no-install-recommends",
    ...missing,
  );
}
await installClients();
const asked = process.argv.slice(2);
const hasFiles = asked.some((argument) => argument.startsWith("tests/"));
const flags = hasFiles ? asked : [...asked, "tests/engines"];
run(process.execPath, "run", "-A", join(ROOT, "scripts/test/run.ts"), "--timeout", "600", ...flags);
