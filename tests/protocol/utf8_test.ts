import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeUtf8, decodeValidUtf8, Utf8Validator } from "../../src/protocol/utf8.ts";
import { makeRandom } from "../helpers/byte_pattern.ts";
import { toHex } from "../helpers/protocol_events.ts";

type Verdict = "complete" | "incomplete" | "invalid";

/** Characters of four bytes are sampled, but each of their first three bytes occurs. */
const SAMPLED = 61;
/** Long work on a busy machine: some runtimes allow a test five seconds. */
const PATIENT = { timeout: 60_000 };
const encoder = new TextEncoder();

/** Each character's bytes as a number are "complete", and what begins them "incomplete". */
function listVerdicts(): Map<number, Verdict> {
  const verdicts = new Map<number, Verdict>();
  for (let point = 0; point <= 0x10ffff; point += point < 0x10000 ? 1 : SAMPLED) {
    if (point === 0xd800) point = 0xe000;
    const bytes = encoder.encode(String.fromCodePoint(point));
    let value = 0;
    for (let index = 0; index < bytes.length; index++) {
      value = value * 256 + bytes[index]!;
      verdicts.set(value, index === bytes.length - 1 ? "complete" : "incomplete");
    }
  }
  return verdicts;
}

const roomy = new Uint8Array(48);

function judge(bytes: Uint8Array): Verdict {
  const validator = new Utf8Validator();
  const isPossible = validator.push(bytes, 0, bytes.length), { isComplete } = validator;
  // With room behind it, a character is looked at as a whole.
  roomy.fill(0x61).set(bytes);
  validator.reset();
  const isValid = validator.push(roomy, 0, roomy.length);
  assert.equal(isValid, isPossible && isComplete, toHex(bytes));
  if (!isPossible) return "invalid";
  return isComplete ? "complete" : "incomplete";
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Where a validator that takes byte by byte stops, or -1. */
function findFault(bytes: Uint8Array): number {
  const validator = new Utf8Validator();
  return bytes.findIndex((_, index) => !validator.push(bytes, index, index + 1));
}

describe("§8.1 Utf8Validator", () => {
  it(
    "knows each character and each of its beginnings, and no other sequence of three bytes",
    PATIENT,
    () => {
      const verdicts = listVerdicts();
      const walk = (prefix: readonly number[], value: number): void => {
        const bytes = Uint8Array.of(...prefix, 0);
        for (let byte = 0; byte < 256; byte++) {
          bytes[prefix.length] = byte;
          const expected = verdicts.get(value * 256 + byte);
          const isSampled = bytes.length === 4 && expected === undefined && (byte & 0xc0) === 0x80;
          if (judge(bytes) !== (isSampled ? "complete" : expected ?? "invalid")) {
            assert.fail(`${toHex(bytes)} is ${expected}`);
          }
          if (expected === "incomplete") walk([...prefix, byte], value * 256 + byte);
        }
      };
      walk([], 0);
    },
  );

  it("agrees with TextDecoder on all sequences of one and two bytes", PATIENT, () => {
    for (let first = 0; first < 256; first++) {
      assert.equal(judge(Uint8Array.of(first)) === "complete", isUtf8(Uint8Array.of(first)));
      for (let second = 0; second < 256; second++) {
        const bytes = Uint8Array.of(first, second);
        if ((judge(bytes) === "complete") !== isUtf8(bytes)) assert.fail(toHex(bytes));
      }
    }
  });

  it(
    "agrees with TextDecoder on samples of three to twelve bytes, as does decodeUtf8",
    PATIENT,
    () => {
      const random = makeRandom(81);
      const likely = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1]
        .concat([0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff]);
      for (let round = 0; round < 20_000; round++) {
        const bytes = Uint8Array.from(
          { length: 3 + random() * 10 },
          () => likely[Math.floor(random() * likely.length)]!,
        );
        const expected = isUtf8(bytes);
        if ((judge(bytes) === "complete") !== expected) assert.fail(toHex(bytes));
        if ((decodeUtf8(bytes, 0, bytes.length) !== null) !== expected) assert.fail(toHex(bytes));
      }
    },
  );

  it("the validator gives the same result at every split", () => {
    const text = encoder.encode("a\u00e9\u20ac\u{1f600}\u{10ffff}\ud7ff\ue000 and some ASCII");
    for (let at = 0; at <= text.length; at++) {
      const validator = new Utf8Validator();
      assert.ok(validator.push(text, 0, at));
      assert.equal(validator.isComplete, isUtf8(text.subarray(0, at)), `split at ${at}`);
      assert.ok(validator.push(text, at, text.length));
      assert.ok(validator.isComplete);
    }
  });

  it("the validator fails at the first byte that cannot be UTF-8", () => {
    const rows: [bytes: number[], fault: number][] = [
      [[0x80], 0],
      [[0x61, 0xc1], 1],
      [[0xc3, 0x28], 1],
      [[0xe0, 0x9f, 0x80], 1],
      [[0xed, 0xa0, 0x80], 1],
      [[0xe2, 0x82, 0x41], 2],
      [[0xf0, 0x8f, 0x80, 0x80], 1],
      [[0xf4, 0x90, 0x80, 0x80], 1],
      [[0xf0, 0x9f, 0x98, 0xc0], 3],
      [[0xf5], 0],
      [[0xff], 0],
      [[...encoder.encode("twelve ASCII"), 0xc3, 0xa9, 0xa9], 14],
    ];
    for (const [bytes, fault] of rows) assert.equal(findFault(Uint8Array.from(bytes)), fault);
  });

  it("a bad byte is found at every offset among ASCII", () => {
    for (let length = 1; length < 40; length++) {
      for (let at = 0; at < length; at++) {
        const bytes = new Uint8Array(length).fill(0x61);
        bytes[at] = 0xff;
        assert.equal(judge(bytes), "invalid", `${at} of ${length}`);
        assert.equal(findFault(bytes), at);
      }
    }
  });

  it("bytes outside of the range are ignored", () => {
    const validator = new Utf8Validator();
    assert.ok(validator.push(Uint8Array.of(0xff, 0x61, 0xc3, 0xff), 1, 3));
    assert.ok(!validator.isComplete);
  });

  it("reset begins a new text", () => {
    const validator = new Utf8Validator();
    validator.push(Uint8Array.of(0xf4), 0, 1);
    validator.reset();
    assert.ok(validator.isComplete);
    assert.ok(validator.push(encoder.encode("\u{bf}\u{fffff}"), 0, 6));
  });
});

describe("Utf8Validator with the platform's check", () => {
  const whole = encoder.encode("a\u00e9\u20ac\u{1f600}\u{10ffff} and ASCII ".repeat(40));
  const check = (bytes: Uint8Array, cuts: readonly number[]): Verdict => {
    const validator = new Utf8Validator(isUtf8), ends = [...cuts, bytes.length];
    const isPossible = ends.every((end, index) => validator.push(bytes, ends[index - 1] ?? 0, end));
    if (!isPossible) return "invalid";
    return validator.isComplete ? "complete" : "incomplete";
  };

  it("a long text is valid wherever it is cut, and incomplete if its end is missing", () => {
    for (let at = 250; at < 320; at++) {
      assert.equal(check(whole, [at]), "complete", `cut at ${at}`);
      assert.equal(check(whole, [at, at + 1, at + 2, at + 300]), "complete", `cut from ${at}`);
      const beginning = whole.subarray(0, at);
      const expected = isUtf8(beginning) ? "complete" : "incomplete";
      assert.equal(check(beginning, []), expected, `the first ${at} bytes`);
    }
  });

  it("a fault is found at every offset of a long text, in whole or in pieces", () => {
    for (let at = 0; at < 330; at++) {
      for (const fault of [0x80, 0xc0, 0xf8, 0xff]) {
        const bytes = whole.slice(0, 330);
        if (bytes[at] === fault || bytes[at]! >= 0x80 && fault === 0x80) continue;
        bytes[at] = fault;
        assert.equal(check(bytes, []), "invalid", `${fault} at ${at}`);
        assert.equal(check(bytes, [at]), "invalid", `${fault} at ${at}, cut before it`);
      }
    }
  });

  it("continuation bytes without a first one are invalid, however many", () => {
    for (let count = 1; count < 8; count++) {
      const bytes = new Uint8Array(300).fill(0x61).fill(0x80, 300 - count);
      assert.equal(check(bytes, []), "invalid", `${count} at the end`);
      assert.equal(check(bytes.fill(0x80), []), "invalid");
    }
  });
});

describe("decodeUtf8", () => {
  it("decodeUtf8 decodes a range of any length, ASCII or not", () => {
    for (const unit of ["a", "\u00e9", "\u20ac", "\u{1f600}", "\0", "\x7f"]) {
      for (let count = 0; count < 140; count++) {
        const text = unit.repeat(count), bytes = encoder.encode(`\u00e9${text}\u00e9`);
        assert.equal(decodeUtf8(bytes, 2, bytes.length - 2), text);
      }
    }
  });

  it("decodeUtf8 keeps a byte order mark", () => {
    const bytes = encoder.encode("\ufeffa\ufeff");
    assert.equal(decodeUtf8(bytes, 0, bytes.length), "\ufeffa\ufeff");
    assert.equal(decodeValidUtf8(bytes), "\ufeffa\ufeff");
  });

  it("decodeUtf8 returns null for invalid UTF-8, short or long", () => {
    for (const length of [1, 63, 64, 65, 66, 1000]) {
      const bytes = new Uint8Array(length).fill(0x61);
      bytes[length - 1] = 0xe2;
      assert.equal(decodeUtf8(bytes, 0, length), null);
      assert.notEqual(decodeUtf8(bytes, 0, length - 1), null);
    }
  });

  it("decodeUtf8 tells U+FFFD in a text from bytes that are not UTF-8", () => {
    for (const padding of [0, 70, 5_000]) {
      const valid = encoder.encode(`${"a".repeat(padding)}\ufffd\u20ac`);
      assert.equal(decodeUtf8(valid, 0, valid.length), `${"a".repeat(padding)}\ufffd\u20ac`);
      const cut = valid.length - 1;
      assert.equal(decodeUtf8(valid, 0, cut), null, "the last character is cut off");
    }
  });

  it("decodeUtf8 decodes after a failure", () => {
    assert.equal(decodeUtf8(Uint8Array.of(0xe2, 0x82), 0, 2), null);
    assert.equal(decodeUtf8(encoder.encode("\u20ac"), 0, 3), "\u20ac");
  });
});
