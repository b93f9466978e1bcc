/**
 * Inputs that reach different code each, found by `deno task fuzz`: a line of hexadecimal digits
 * for each.
 *
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../scripts/lib/runtimes.ts";

const fileOf = (name: string): string => join(ROOT, "tests/fuzz/corpus", `${name}.txt`);

/** Bytes as hexadecimal digits, as a line has them. */
export function toLine(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads a corpus; empty if there is none. */
export async function readCorpus(name: string): Promise<Uint8Array[]> {
  const text = await readFile(fileOf(name), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) =>
    Uint8Array.from(line.match(/../g) ?? [], (digits) => parseInt(digits, 16))
  );
}

/** Writes a corpus. */
export async function writeCorpus(name: string, inputs: readonly Uint8Array[]): Promise<void> {
  await writeFile(fileOf(name), inputs.map((input) => `${toLine(input)}\n`).join(""));
}
