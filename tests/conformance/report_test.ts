import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Report } from "./report.ts";

describe("a report's folder", () => {
  const root = mkdtempSync(join(tmpdir(), "fullduplex-report-"));
  after(() => rmSync(root, { recursive: true, force: true }));
  const report = new Report(join(root, "report"));
  const given = { at: "2026-11-25T10:00:00.000Z", seconds: 1.5, results: [] };

  it("keeps what a target gave until it is tried again", async () => {
    const folder = await report.startTarget("server deno tcp");
    assert.equal(await report.read("server deno tcp"), null);
    await writeFile(join(folder, "page.html"), "");
    await report.write("server deno tcp", given);
    await report.startTarget("server ws");
    assert.deepEqual(await report.read("server deno tcp"), given);
    await report.startTarget("server deno tcp");
    assert.equal(await report.read("server deno tcp"), null);
    assert.ok(!existsSync(join(folder, "page.html")));
  });
});
