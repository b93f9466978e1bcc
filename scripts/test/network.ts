/**
 * Runs the tests of `tests/network` on the three runtimes: clients behind Debian's proxies,
 * transports that are reset, servers that are killed, a network that drops. Without it the client
 * would be proven in memory only.
 *
 *     deno task test:network [--runtimes deno,bun,node24] [FILE...]
 *
 * As root on Debian it installs what is missing; anywhere else a missing server is a failure.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { installPrograms, PROGRAM_PATH } from "../lib/programs.ts";
import { ROOT } from "../lib/runtimes.ts";

/** Programs, and the packages of Debian that have them. */
const PROGRAMS = {
  squid: "squid",
  microsocks: "microsocks",
  haproxy: "haproxy",
  nginx: "nginx",
  caddy: "caddy",
  apache2: "apache2",
  openssl: "openssl",
  ip: "iproute2",
} as const;

installPrograms(PROGRAMS);
const given = process.argv.slice(2);
const files = given.some((argument) => argument.startsWith("tests/")) ? [] : ["tests/network"];
const runner = ["run", "-A", join(ROOT, "scripts/test/run.ts"), ...given, ...files];
const { status } = spawnSync(process.execPath, runner, {
  env: { ...process.env, PATH: PROGRAM_PATH },
  stdio: "inherit",
});
process.exit(status ?? 1);
