/**
 * Programs of the system that tests need: proxies, browsers. Without it a task could only run where
 * someone has prepared the machine.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** `PATH` with the folders of daemons, which is not everyone's. */
export const PROGRAM_PATH: string = [
  process.env.PATH ?? "",
  "/usr/sbin",
  "/usr/local/sbin",
  "/sbin",
].join(delimiter);

/** Path of an installed program. */
export function findProgram(name: string): string | undefined {
  return PROGRAM_PATH.split(delimiter).map((folder) => join(folder, name)).find(existsSync);
}

/**
 * Installs those that are missing with apt-get, as root on Debian. Anywhere else it throws.
 *
 * @param programs Debian's packages by the names of their programs.
 */
export function installPrograms(programs: Readonly<Record<string, string>>): void {
  const missing = Object.entries(programs).filter(([name]) => findProgram(name) === undefined);
  const packages = missing.map(([, name]) => name);
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error(`missing: ${packages.join(", ")}; as root on Debian this task installs them`);
  }
  console.error(`installing ${packages.join(" ")} by apt-get`);
  // Starts no service.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const { status } = spawnSync("apt-get", ["-qq", "-o", "Acquire::Retries=3", ...args], {
      env,
      stdio: ["ignore", 2, 2],
    });
    if (status !== 0) throw new Error(`apt-get ${args.join(" ")} ended with ${status}`);
  }
}
