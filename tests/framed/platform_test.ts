/** What a platform loads when it is asked for. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DeflateEngine } from "../../src/framed/compression.ts";
import { withDeflate } from "../../src/framed/platform.ts";
import { zlibEngine } from "../../src/runtime/node_builtins/zlib/codec.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";

describe("withDeflate", () => {
  for (const compression of [undefined, false, true, {}, { level: 1 }]) {
    const isAsked = compression !== undefined && compression !== false;
    it(`${isAsked ? "loads" : "does not load"} zlib for ${JSON.stringify(compression)}`, async () => {
      let loads = 0;
      const loadDeflate = (): Promise<DeflateEngine> => {
        loads++;
        return Promise.resolve(zlibEngine);
      };
      const { deflate } = await withDeflate({ ...testPlatform(), loadDeflate }, compression);
      assert.equal(loads, isAsked ? 1 : 0);
      assert.equal(deflate, isAsked ? zlibEngine : undefined);
    });
  }

  it("leaves a platform alone that cannot load one", async () => {
    const platform = testPlatform();
    assert.equal(await withDeflate(platform, true), platform);
  });
});
