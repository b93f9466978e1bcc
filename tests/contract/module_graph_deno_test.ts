/** What has to be loaded for the smallest uses. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listSources, readGraph } from "../../scripts/check_imports.ts";
import { ROOT } from "../../scripts/runtimes.ts";

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
  it("stands on no server, no transport and no runtime", () => {
    const loaded = loadedWith("src/runtime/web_connect.ts");
    assert.ok(loaded.has("src/connection/connection.ts"));
    const others =
      /^node:|^src\/(?:server|client|handshake)\/|connection\/frame_|sent_parts|incoming_stream|pings|keepalive|shared_output|runtime\/(?!web|native_wire)/;
    assert.deepEqual([...loaded].filter((path) => others.test(path)), []);
  });
});

describe("serve without fetch and compression", () => {
  for (
    const [runtime, modules] of [
      ["bun", ["node:buffer", "node:process"]],
      ["deno", ["node:buffer"]],
      ["node", [
        "node:buffer",
        "node:fs/promises",
        "node:net",
        "node:process",
        "node:tls",
      ]],
    ] as const
  ) {
    it(`loads little of what ${runtime} has`, () => {
      const loaded = loadedWith(`src/runtime/${runtime}_host.ts`);
      assert.ok(loaded.has("src/connection/platform.ts"));
      assert.deepEqual([...loaded].filter((path) => path.startsWith("node:")).sort(), modules);
    });
  }
});
