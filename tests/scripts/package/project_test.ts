/**
 * Facts that are read from made-up projects, and the files that belong into the package.
 *
 * @module
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isForUsers, listInstalled } from "../../../scripts/package/project.ts";

describe("listInstalled", () => {
  it("finds packages with and without a scope, also inside of others", () => {
    const folder = mkdtempSync(join(tmpdir(), "fullduplex-installed-"));
    try {
      assert.deepEqual(listInstalled(folder), []);
      for (const path of ["@a/b", "c", "c/node_modules/@d/e", ".bin"]) {
        mkdirSync(join(folder, "node_modules", path), { recursive: true });
      }
      writeFileSync(join(folder, "node_modules", ".package-lock.json"), "{}");
      assert.deepEqual(listInstalled(folder), ["@a/b", "c", "@d/e"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("isForUsers", () => {
  it("knows sources and documents from what is ours alone", () => {
    const own = ["mod.ts", "src/runtime/web/mod.ts", "README.md", "LICENSE", "CHANGELOG.md"];
    assert.ok(own.every(isForUsers) && isForUsers("deno.json"));
    const ours = [
      "tests/a.ts",
      "scripts/checks/ok.ts",
      "examples/chat/chat.ts",
      "CONTRIBUTING.md",
      ".ci/run",
    ];
    assert.deepEqual(ours.filter(isForUsers), []);
  });
});
