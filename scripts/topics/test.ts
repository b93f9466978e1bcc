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
import { installPrograms } from "../lib/programs.ts";
import { ROOT } from "../lib/runtimes.ts";
import { installClients } from "./clients.ts";

function run(file: string, ...flags: readonly string[]): void {
  const { status, error } = spawnSync(file, flags, { cwd: ROOT, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

installPrograms({ "redis-server": "redis-server", "nats-server": "nats-server" });
await installClients();
const asked = process.argv.slice(2);
const hasFiles = asked.some((argument) => argument.startsWith("tests/"));
const flags = hasFiles ? asked : [...asked, "tests/engines"];
run(process.execPath, "run", "-A", join(ROOT, "scripts/test/run.ts"), "--timeout", "600", ...flags);
