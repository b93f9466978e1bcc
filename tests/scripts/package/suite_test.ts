/** How test files come to import the package. @module */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { copySuite, rewriteImports, SUITE } from "../../../scripts/package/suite.ts";

const rewrite = (source: string) => rewriteImports("tests/contract/a_test.ts", source, "@a/b");

describe("rewriteImports", () => {
  it("turns values of sources into values of the package", () => {
    const { source } = rewrite(`import { connect, type A } from "../../mod.ts";
import {
  mount,
} from "../../src/runtime/node/mount.ts";
export { settle } from "../../src/testing/virtual_clock.ts";
`);
    assert.equal(
      source,
      `import { connect, type A } from "@a/b";
import {
  mount,
} from "@a/b/node";
export { settle } from "@a/b/testing";
`,
    );
  });

  it("drops types, and keeps test files and runtime modules", () => {
    const { source, imports } = rewrite(`import type { A } from "../../src/handler.ts";
import type { B } from "./b.ts";
import { c } from "../helpers/c.ts";
import { once } from "node:events";
`);
    assert.equal(
      source,
      `
import type { B } from "./b.ts";
import { c } from "../helpers/c.ts";
import { once } from "node:events";
`,
    );
    assert.deepEqual(imports, ["tests/helpers/c.ts"]);
  });

  it("fails over what the package does not export", () => {
    const secret = `import { Upgrader } from "../../src/server/upgrader.ts";`;
    assert.throws(() => rewrite(secret), /a_test.ts: the package does not export src\/server/);
    const dynamic = `await import("../../src/runtime/node/runtime.ts");`;
    assert.throws(() => rewrite(dynamic), /left/);
  });
});

describe("copySuite", () => {
  it("finds an entry point for whatever the suite imports", () => {
    const folder = mkdtempSync(join(tmpdir(), "fullduplex-suite-"));
    try {
      copySuite(folder, "@a/b");
      for (const file of SUITE) assert.ok(existsSync(join(folder, file)), file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
