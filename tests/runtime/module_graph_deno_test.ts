/**
 * The modules that the smallest uses load.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listSources, readGraph } from "../../scripts/checks/imports.ts";
import { findIntruders } from "../../scripts/package/bundle.ts";
import { ROOT } from "../../scripts/lib/runtimes.ts";

const graph = new Map(readGraph(ROOT, listSources(ROOT)).map((module) => [module.path, module]));

/** All that is loaded with a module, the runtime's own modules too. */
function loadedWith(path: string): ReadonlySet<string> {
  const loaded = new Set([path]);
  for (const path of loaded) {
    for (const { target, typeOnly, isLate } of graph.get(path)?.imports ?? []) {
      if (!typeOnly && !isLate) loaded.add(target);
    }
  }
  return loaded;
}

describe("connect for browsers", () => {
  it("loads no server, no transport and no runtime", () => {
    const loaded = loadedWith("src/runtime/web/connect.ts");
    assert.ok(loaded.has("src/connection/connection.ts"));
    assert.deepEqual(findIntruders([...loaded]), []);
  });
});

describe("serve without fetch and compression", () => {
  for (
    const [runtime, modules] of [
      ["bun", ["node:buffer", "node:process", "node:timers"]],
      ["deno", ["node:buffer", "node:timers"]],
      ["node", [
        "node:buffer",
        "node:crypto",
        "node:net",
        "node:process",
        "node:stream", // `node:net` loads it
        "node:timers",
      ]],
    ] as const
  ) {
    it(`loads few modules of ${runtime}`, () => {
      const loaded = loadedWith(`src/runtime/${runtime}/host.ts`);
      assert.ok(loaded.has("src/framed/platform.ts"));
      assert.deepEqual([...loaded].filter((path) => path.startsWith("node:")).sort(), modules);
    });
  }
});

describe("HTTP/2", () => {
  it("HTTP/2 is loaded late, by every entry point", () => {
    for (const path of ["mod.ts", "src/runtime/node/mod.ts", "src/runtime/bun/mod.ts"]) {
      assert.ok(!loadedWith(path).has("node:http2"), path);
    }
  });
});
