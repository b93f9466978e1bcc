/** Links of documents that lead nowhere. @module */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { findDeadLinks, listDocuments } from "../../../scripts/checks/links.ts";

describe("findDeadLinks", () => {
  it("follows files and headings, and leaves code and other sites alone", () => {
    const root = mkdtempSync(join(tmpdir(), "fullduplex-links-"));
    try {
      mkdirSync(join(root, "docs"));
      writeFileSync(
        join(root, "README.md"),
        "# A `b` c?\n[a](docs/a.md) [b](docs/a.md#two-words) [c](docs/b.md) [d](#a-b-c)\n" +
          "[e](docs/a.md#three) [f](https://x.test/) \n```md\n[g](nowhere.md)\n```\n",
      );
      writeFileSync(join(root, "docs", "a.md"), "## Two words\n[up](../README.md)\n");
      assert.deepEqual(findDeadLinks(root, listDocuments(root)), [
        "README.md: docs/b.md",
        "README.md: docs/a.md#three",
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
