/**
 * The table of docs/client.md: what happens, and what the program sees, on each runtime.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { SITUATIONS } from "./situations.ts";

const page = readFileSync(new URL("../../docs/client.md", import.meta.url), "utf8");
/** Cells as Markdown has them, without what the formatter adds. */
const rows = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));

describe("a program that reconnects", () => {
  for (const { name, seen, run } of SITUATIONS) {
    it(`sees of "${name}": ${seen}`, { timeout: 60_000 }, async () => {
      assert.deepEqual(await run(), seen.split(", "));
    });
  }

  it("a program that reconnects is described by docs/client.md in the same words", () => {
    for (const { name, seen } of SITUATIONS) {
      const row = rows.find(([, situation]) => situation === name);
      assert.deepEqual(row?.slice(1, -1), [name, seen, "yes", "yes", "yes"], name);
    }
  });
});
