/**
 * The parts of a platform: zlib, loaded when it is asked for, and masking keys.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DeflateEngine } from "../../src/framed/compression.ts";
import { makeMaskingKeys, withDeflate } from "../../src/framed/platform.ts";
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

  it("returns the same platform where there is no zlib to load", async () => {
    const platform = testPlatform();
    assert.equal(await withDeflate(platform, true), platform);
  });
});

describe("makeMaskingKeys", () => {
  it("draws unsigned 32-bit keys that differ, over more than one draw of random numbers", () => {
    const next = makeMaskingKeys();
    const keys = new Set(Array.from({ length: 5_000 }, () => next()));
    assert.ok(keys.size > 4_990, `${keys.size} different keys of 5,000`);
    for (const key of keys) assert.ok(Number.isInteger(key) && key >= 0 && key <= 0xffffffff);
  });
});
