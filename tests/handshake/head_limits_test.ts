import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HeaderList } from "../../src/handshake/head.ts";
import { checkHeadLimits } from "../../src/handshake/head_limits.ts";
import { stringToLatin1 } from "../../src/handshake/latin1.ts";
import { HeadReader } from "../../src/handshake/http_head.ts";

const LIMITS = { maxHeadBytes: 100, maxHeaderFields: 3 };

function check(target: string, headers: HeaderList): string | null {
  return checkHeadLimits({ method: "GET", target, headers }, LIMITS);
}

describe("checkHeadLimits", () => {
  it("bytes are counted as HeadReader counts them", () => {
    for (const length of [60, 70, 71, 72, 80]) {
      const value = "x".repeat(length);
      const reader = new HeadReader({ kind: "request", ...LIMITS });
      const read = reader.push(stringToLatin1(`GET / HTTP/1.1\r\na: b\r\nc: ${value}\r\n\r\n`));
      const expected = read.state === "refused" ? read.reason : null;
      assert.equal(check("/", [["a", "b"], ["c", value]]), expected, `${length}`);
    }
  });

  it("exactly maxHeaderFields are accepted, and not one more", () => {
    const fields = (count: number): HeaderList => Array.from({ length: count }, () => ["a", ""]);
    assert.equal(check("/", fields(3)), null);
    assert.equal(check("/", fields(4)), "tooManyFields");
  });

  it("a long target and a long head break different rules", () => {
    assert.equal(check(`/${"a".repeat(100)}`, []), "targetTooLong");
    assert.equal(check("/", [["a", "b".repeat(100)]]), "headTooLarge");
  });
});
