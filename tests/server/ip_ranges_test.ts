/** IP addresses and ranges, as lists of trusted proxies name them. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseIp, parseIpRange } from "../../src/server/ip_ranges.ts";

describe("parseIp", () => {
  for (
    const [text, hex] of [
      ["192.0.2.1", "c0000201"],
      ["::ffff:192.0.2.1", "c0000201"],
      ["::FFFF:c000:0201", "c0000201"],
      ["[2001:db8::1]", "20010db8000000000000000000000001"],
      ["fe80::1%eth0", "fe800000000000000000000000000001"],
      ["::", "00000000000000000000000000000000"],
      ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
      ["64:ff9b::192.0.2.1", "0064ff9b0000000000000000c0000201"],
      ["192.0.2.256", null],
      ["192.0.2", null],
      ["1:2:3:4:5:6:7", null],
      ["1::2::3", null],
      ["1:2:3:4:5:6:7::8", null],
      ["12345::", null],
      ["::1.2.3", null],
      ["example.com", null],
      ["unknown", null],
      ["", null],
    ] as const
  ) {
    it(`reads ${JSON.stringify(text)} as ${hex}`, () => {
      const bytes = parseIp(text);
      const read = bytes?.map((byte) => byte.toString(16).padStart(2, "0")).join("") ?? null;
      assert.equal(read, hex);
    });
  }
});

describe("parseIpRange", () => {
  for (
    const [range, address, isIn] of [
      ["10.0.0.0/8", "10.255.255.255", true],
      ["10.0.0.0/8", "11.0.0.0", false],
      ["10.0.0.128/25", "10.0.0.127", false],
      ["10.0.0.128/25", "10.0.0.200", true],
      ["0.0.0.0/0", "203.0.113.9", true],
      ["127.0.0.1", "127.0.0.1", true],
      ["127.0.0.1", "::ffff:127.0.0.1", true],
      ["127.0.0.1", "127.0.0.2", false],
      ["2001:db8::/32", "2001:db8:ffff::1", true],
      ["2001:db8::/32", "2001:db9::1", false],
      ["::/0", "127.0.0.1", false],
    ] as const
  ) {
    it(`${range} ${isIn ? "holds" : "does not hold"} ${address}`, () => {
      assert.equal(parseIpRange(range)!(parseIp(address)!), isIn);
    });
  }

  it("refuses what is no range", () => {
    for (const text of ["10.0.0.0/33", "::/129", "10.0.0.0/", "/8", "10.0.0.0/a", "localhost"]) {
      assert.equal(parseIpRange(text), null, text);
    }
  });
});
