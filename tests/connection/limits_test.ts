/**
 * The limits of a connection: defaults, and values that are refused.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ConnectionLimits, resolveLimits } from "../../src/connection/limits.ts";

describe("resolveLimits", () => {
  it("fills in the documented defaults", () => {
    assert.deepEqual(resolveLimits({}), {
      maxMessageBytes: 1024 * 1024,
      maxBufferedBytes: 4 * 1024 * 1024,
      closeTimeoutMs: 5_000,
      pingIntervalMs: 20_000,
      pongTimeoutMs: 20_000,
    });
    assert.equal(resolveLimits({ maxMessageBytes: 2 ** 24 }).maxBufferedBytes, 2 ** 26);
    assert.equal(resolveLimits({ maxMessageBytes: Infinity }).maxBufferedBytes, Infinity);
  });

  for (
    const [option, least] of [
      ["maxMessageBytes", 1],
      ["maxBufferedBytes", 1],
      ["closeTimeoutMs", 0],
      ["pingIntervalMs", 1],
      ["pongTimeoutMs", 1],
    ] as const
  ) {
    it(`takes ${option} from ${least} to Infinity, and throws a RangeError that names it otherwise`, () => {
      for (const value of [least, 1e6, Infinity]) {
        assert.equal(resolveLimits({ [option]: value })[option], value);
      }
      for (const value of [least - 1, -1, NaN, "5", {}]) {
        const options = { [option]: value } as ConnectionLimits;
        assert.throws(() => resolveLimits(options), (error: Error) => {
          assert.ok(error instanceof RangeError, String(error));
          assert.match(
            error.message,
            new RegExp(`^${option}: must be a number of at least ${least} `),
          );
          return true;
        });
      }
    });
  }

  it("takes undefined and null for an option that is not given", () => {
    for (const value of [undefined, null]) {
      const options = { maxMessageBytes: value, closeTimeoutMs: value } as ConnectionLimits;
      assert.deepEqual(resolveLimits(options), resolveLimits({}));
    }
  });
});
