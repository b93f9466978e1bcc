/** Every code that a user can meet has an entry in docs/errors.md. @module */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { CloseCode } from "../../../mod.ts";
import { ROOT } from "../../../scripts/lib/runtimes.ts";

const page = readFileSync(join(ROOT, "docs", "errors.md"), "utf8");

describe("docs/errors.md", () => {
  it("has an entry for each error code", () => {
    const source = readFileSync(join(ROOT, "src", "errors.ts"), "utf8");
    const codes = [...source.matchAll(/\| "(ERR_\w+)"/g)].map(([, code = ""]) => code);
    assert.ok(codes.length > 20);
    assert.deepEqual(codes.filter((code) => !page.includes(`| \`${code}\``)), []);
  });

  it("has an entry for each close code", () => {
    const codes = Object.entries(CloseCode);
    const missing = codes.filter(([name, code]) =>
      !new RegExp(`\\| ${code} +\\| ${name} `).test(page)
    );
    assert.deepEqual(missing, []);
  });
});
