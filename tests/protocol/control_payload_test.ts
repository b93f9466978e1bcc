import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Violations } from "../../src/protocol/violations.ts";
import {
  checkClosePayload,
  encodeClose,
  MAX_CONTROL_BYTES,
  toControlPayload,
} from "../../src/protocol/control_payload.ts";
import { filler } from "../helpers/bits.ts";
import { toHex } from "../helpers/protocol_events.ts";
import { untyped } from "../helpers/untyped.ts";

describe("§5.5 payloads of pings and pongs", () => {
  it("a payload of a ping or pong is bytes, the UTF-8 of a string, or empty", () => {
    assert.equal(toControlPayload(undefined, "ping").length, 0);
    assert.equal(toHex(toControlPayload("\u20ac", "ping")), "e282ac");
    const bytes = filler(MAX_CONTROL_BYTES);
    assert.equal(toControlPayload(bytes, "ping"), bytes);
  });

  it("a payload of more than 125 bytes throws, whatever its number of characters", () => {
    assert.equal(toControlPayload("a".repeat(125), "ping").length, 125);
    assert.throws(() => toControlPayload("a".repeat(126), "ping"), RangeError);
    assert.throws(() => toControlPayload("\u00e9".repeat(63), "ping"), RangeError);
    assert.throws(() => toControlPayload(filler(126), "pong"), /pong: .*126 bytes/);
  });

  it("a payload of another type throws: ping(number) once sent uninitialised memory (ws 1.0.1)", () => {
    const wrong = [100, 0, null, true, [1, 2], { length: 4 }, new ArrayBuffer(4)]
      .concat([new Float32Array(20), new Uint16Array(2), new DataView(new ArrayBuffer(2))]);
    for (const payload of wrong) {
      assert.throws(() => toControlPayload(untyped(payload), "ping"), TypeError);
    }
  });
});

describe("§5.5.1 payload of Close", () => {
  it("a Close payload is a code in network order and a reason in UTF-8", () => {
    assert.equal(toHex(encodeClose()), "");
    assert.equal(toHex(encodeClose(1000)), "03e8");
    assert.equal(toHex(encodeClose(4999, "\u20ac")), "1387e282ac");
    assert.equal(encodeClose(1000, "x".repeat(123)).length, 125);
  });

  it("a reason throws without a code, and above 123 bytes", () => {
    assert.throws(() => encodeClose(undefined, "why"), TypeError);
    assert.throws(() => encodeClose(1000, "x".repeat(124)), RangeError);
    assert.throws(() => encodeClose(1000, "\u20ac".repeat(42)), RangeError);
  });

  it("a reason that is not a string throws (CVE-2026-45736)", () => {
    for (const reason of [null, 5, new Float32Array(20), filler(3), {}]) {
      assert.throws(() => encodeClose(1000, untyped(reason)), TypeError);
    }
    for (const code of ["1000", null, {}]) {
      assert.throws(() => encodeClose(untyped(code)), RangeError);
    }
  });

  it("a received Close payload breaks a rule by its length, code or reason", () => {
    assert.equal(checkClosePayload(Uint8Array.of()), null);
    assert.equal(checkClosePayload(Uint8Array.of(3)), Violations.closeTooShort);
    assert.equal(checkClosePayload(Uint8Array.of(0x03, 0xe8)), null);
    assert.equal(checkClosePayload(Uint8Array.of(0x03, 0xed, 0xff)), Violations.closeCode);
    assert.equal(checkClosePayload(Uint8Array.of(0x03, 0xe8, 0xff)), Violations.closeReason);
    assert.equal(checkClosePayload(Uint8Array.of(0x03, 0xe8, 0xc3)), Violations.closeReason);
    assert.equal(checkClosePayload(Uint8Array.of(0x03, 0xe8, 0xc3, 0xa9)), null);
  });
});
