/**
 * The processor's time, for tests of linear time: on a busy machine the clock on the wall counts
 * the work of others too.
 *
 * @module
 */
import process from "node:process";

/** Milliseconds of processor time that this process has used. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
