/** What a browser has to load for `connect`. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listSources, readGraph } from "../../scripts/check_imports.ts";
import { ROOT } from "../../scripts/runtimes.ts";

describe("connect for browsers", () => {
  it("stands on no server, no transport and no runtime", () => {
    const graph = new Map(
      readGraph(ROOT, listSources(ROOT)).map((module) => [module.path, module]),
    );
    const loaded = new Set(["src/runtime/web_connect.ts"]);
    for (const path of loaded) {
      for (const { target, typeOnly } of graph.get(path)?.imports ?? []) {
        if (!typeOnly) loaded.add(target);
      }
    }
    assert.ok(loaded.has("src/connection/connection.ts"));
    const others =
      /^node:|^src\/(?:server|client|handshake)\/|connection\/frame_|sent_parts|incoming_stream|pings|keepalive|shared_output|runtime\/(?!web|native_wire)/;
    assert.deepEqual([...loaded].filter((path) => others.test(path)), []);
  });
});
