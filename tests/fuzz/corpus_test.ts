/** The inputs of `tests/fuzz/corpus` keep the invariants of the decoders. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readCorpus, toLine } from "./corpus.ts";
import { INVARIANTS } from "./invariants.ts";

describe("the corpus of", () => {
  for (const [name, check] of Object.entries(INVARIANTS)) {
    it(`${name} keeps the invariants`, async () => {
      const inputs = await readCorpus(name);
      assert.ok(inputs.length > 50, `only ${inputs.length} inputs`);
      for (const input of inputs) {
        try {
          check(input);
        } catch (cause) {
          throw new Error(`${toLine(input)}: ${cause}`, { cause });
        }
      }
    });
  }
});
