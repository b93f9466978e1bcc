/**
 * Every entry point on every runtime: an adapter of another one fails when called, not when loaded.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { readConfig } from "../../scripts/lib/deno_config.ts";
import { ROOT } from "../../scripts/lib/runtimes.ts";

describe("entry points", () => {
  for (const [entry, file] of Object.entries(readConfig().exports)) {
    it(`${entry} can be imported and required`, async () => {
      const path = join(ROOT, file);
      const names = Object.keys(await import(pathToFileURL(path).href));
      assert.notDeepEqual(names, []);
      const required: object = createRequire(import.meta.url)(path);
      assert.deepEqual(Object.keys(required).filter((name) => name !== "__esModule"), names);
    });
  }
});
