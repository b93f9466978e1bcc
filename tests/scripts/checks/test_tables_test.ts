/** Each test that a page names exists, so that no sentence of a standard loses its test. @module */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROOT } from "../../../scripts/lib/runtimes.ts";

/** The lines `| sentence | file_test | name |` of a page. */
function readTests(page: string): readonly { file: string; name: string }[] {
  const text = readFileSync(join(ROOT, "docs", page), "utf8");
  return [...text.matchAll(/^\|[^|]+\| (\w+_test) +\| ([^|]+?) *\|$/gm)]
    .map(([, file = "", name = ""]) => ({ file, name }));
}

/** The names of a file's tests, as expressions: what a template fills in may be anything. */
function namesIn(folder: string, file: string): readonly RegExp[] {
  const source = readFileSync(join(ROOT, "tests", folder, `${file}.ts`), "utf8");
  return [...source.matchAll(/\bit\(\s*(["`])(.+?)\1,/g)].map(([, , name = ""]) =>
    new RegExp(`^${name.replace(/[.*+?^()|[\]\\]/g, "\\$&").replace(/\$\{[^}]+\}/g, ".+")}$`)
  );
}

for (
  const [page, folder, least] of [
    ["websocket_standard.md", "websocket", 140],
    ["hooks.md", "hooks", 35],
  ] as const
) {
  describe(`docs/${page}`, () => {
    it("names tests that exist", () => {
      const tests = readTests(page);
      assert.ok(tests.length >= least, `${tests.length} lines`);
      const missing = tests.filter(({ file, name }) =>
        !namesIn(folder, file).some((expression) => expression.test(name))
      );
      assert.deepEqual(missing, []);
    });
  });
}
