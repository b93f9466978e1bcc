/**
 * The mutants of `task mutation` fit the sources: a change of a source must not leave them behind.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { HANDSHAKE_MUTANTS } from "../../../scripts/mutation/handshake_mutants.ts";
import { mutate } from "../../../scripts/mutation/mutant.ts";
import { PROTOCOL_MUTANTS } from "../../../scripts/mutation/protocol_mutants.ts";

describe("mutants", () => {
  it("each mutant changes exactly one place of its file", () => {
    for (const mutant of [...PROTOCOL_MUTANTS, ...HANDSHAKE_MUTANTS]) {
      const source = readFileSync(new URL(`../../../${mutant.file}`, import.meta.url), "utf8");
      assert.notEqual(mutate(source, mutant), source);
    }
  });

  it("mutate throws for a text that does not occur exactly once", () => {
    for (const from of ["none", "a"]) {
      assert.throws(() => mutate("a a", { file: "x.ts", from, to: "b" }), /occurs \d times/);
    }
  });
});
