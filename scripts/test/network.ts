/**
 * Runs the tests of `tests/network` on the three runtimes: clients behind Debian's proxies, transports that
 * are reset, servers that are killed, a network that drops. Without it the client would be proven in memory only.
 *
 *     deno task test:network [--runtimes deno,bun,node24] [FILE...]
 *
 * As root on Debian it installs what is missing; anywhere else a missing server is a failure.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
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

function isInstalled(program: string): boolean {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, program)));
}

function installMissing(): void {
  const missing = Object.entries(PROGRAMS).filter(([program]) => !isInstalled(program));
  const packages = missing.map(([, name]) => name);
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error(`missing: ${packages.join(", ")}; as root on Debian this task installs them`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" }; // starts no service
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const { status } = spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", 2, 2] });
    if (status !== 0) throw new Error(`apt-get ${args.join(" ")} ended with ${status}`);
  }
}

installMissing();
const given = process.argv.slice(2);
const files = given.some((argument) => argument.startsWith("tests/")) ? [] : ["tests/network"];
const PATH = `${process.env.PATH}${delimiter}/usr/sbin${delimiter}/sbin`;
const runner = ["run", "-A", join(ROOT, "scripts/test/run.ts"), ...given, ...files];
const { status } = spawnSync(process.execPath, runner, {
  env: { ...process.env, PATH },
  stdio: "inherit",
});
process.exit(status ?? 1);
