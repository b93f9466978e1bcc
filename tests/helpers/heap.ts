/**
 * What the heap holds after a collection, on every runtime and without a flag.
 *
 * @module
 */
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | null = null;

function findCollector(): () => void {
  const bun = (globalThis as { Bun?: { gc(isFull: boolean): void } }).Bun;
  if (bun !== undefined) return () => bun.gc(true);
  setFlagsFromString("--expose-gc"); // only contexts that are made after it have `gc`
  return runInNewContext("gc");
}

/** Bytes of the heap that are in use. */
export function heapInUse(): number {
  (collect ??= findCollector())();
  return process.memoryUsage().heapUsed;
}
