import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkFrameHeader, type FrameContext } from "../../src/protocol/check_header.ts";
import { type Violation, Violations as rules } from "../../src/protocol/violations.ts";
import { CloseCode, isWireCloseCode } from "../../src/protocol/close_code.ts";
import { FrameHeader } from "../../src/protocol/frame_header.ts";

const PLAIN: FrameContext = { role: "client", isMessageOpen: false, extensionBits: 0 };

function header(fields: Partial<FrameHeader>): FrameHeader {
  return Object.assign(new FrameHeader(), { fin: true, opcode: 2 }, fields);
}

function check(fields: Partial<FrameHeader>, context: Partial<FrameContext> = {}) {
  return checkFrameHeader(header(fields), { ...PLAIN, ...context });
}

/** Which rules a short header breaks, one sentence of the RFC per line. */
function* readTheRfc(header: FrameHeader, context: FrameContext): Generator<Violation> {
  const { fin, rsv, opcode, masked } = header;
  const isControl = opcode >= 8;
  if (context.role === "server" && !masked) yield rules.unmasked;
  if (context.role === "client" && masked) yield rules.masked;
  const isFirst = opcode === 1 || opcode === 2;
  if ((rsv & ~(isFirst ? context.extensionBits : 0)) !== 0) yield rules.reservedBits;
  if (![0, 1, 2, 8, 9, 10].includes(opcode)) yield rules.reservedOpcode;
  if (isControl && !fin) yield rules.controlFragmented;
  if (opcode === 0 && !context.isMessageOpen) yield rules.strayContinuation;
  if (isFirst && context.isMessageOpen) yield rules.messageInterrupted;
}

describe("checkFrameHeader", () => {
  it("checkFrameHeader names the broken rule for every first byte in every context", () => {
    for (let bits = 0; bits < 0x2000; bits++) {
      const subject = header({
        fin: (bits & 1) !== 0,
        masked: (bits & 2) !== 0,
        opcode: (bits >> 2) & 15,
        rsv: (bits >> 6) & 7,
      });
      const context: FrameContext = {
        role: (bits & 0x200) !== 0 ? "server" : "client",
        isMessageOpen: (bits & 0x400) !== 0,
        extensionBits: (bits & 0x800) !== 0 ? 4 : 0,
      };
      const broken = [...readTheRfc(subject, context)];
      const verdict = checkFrameHeader(subject, context);
      if (verdict === null) assert.deepEqual(broken, [], JSON.stringify(subject));
      else assert.ok(broken.includes(verdict), `${verdict.rule} for ${JSON.stringify(subject)}`);
    }
  });

  it("§5.5 control frames over 125 bytes or with an extended length break a rule", () => {
    for (const opcode of [8, 9, 10]) {
      assert.equal(check({ opcode, payloadLength: 125 }), null);
      const verdict = check({ opcode, payloadLength: 126, lengthBytes: 2 });
      assert.equal(verdict, rules.controlTooLong);
      assert.equal(
        check({ opcode, payloadLength: Infinity, lengthBytes: 8 }),
        rules.controlTooLong,
      );
      assert.equal(check({ opcode, payloadLength: 5, lengthBytes: 2 }), rules.lengthNotMinimal);
      assert.equal(check({ opcode, payloadLength: 5, lengthBytes: 8 }), rules.lengthNotMinimal);
    }
  });

  it("§5.2 a length that is not minimal, above 2^53 - 1 or with its sign bit breaks a rule", () => {
    const rows: [payloadLength: number, lengthBytes: number, verdict: Violation | null][] = [
      [125, 0, null],
      [0, 2, rules.lengthNotMinimal],
      [125, 2, rules.lengthNotMinimal],
      [126, 2, null],
      [65535, 2, null],
      [0, 8, rules.lengthNotMinimal],
      [65535, 8, rules.lengthNotMinimal],
      [65536, 8, null],
      [2 ** 53 - 1, 8, null],
      [2 ** 53, 8, rules.lengthTooLarge],
      [2 ** 62, 8, rules.lengthTooLarge],
      [Infinity, 8, rules.lengthSign],
    ];
    for (const [payloadLength, lengthBytes, verdict] of rows) {
      for (const opcode of [0, 1, 2]) {
        const context = { isMessageOpen: opcode === 0 };
        assert.equal(check({ opcode, payloadLength, lengthBytes }, context), verdict);
      }
    }
  });
});

describe("Violations", () => {
  it("every violation has its own name, a section, and a text that fits into Close", () => {
    for (const [name, violation] of Object.entries(rules)) {
      assert.equal(violation.rule, name);
      assert.match(violation.section, /^RFC 6455 \d+(\.\d+)+$/);
      assert.ok(violation.text.length > 0 && violation.text.length <= 123);
      assert.ok(isWireCloseCode(violation.code));
    }
  });

  it("§7.4.1 violations have 1007 if data is invalid, 1009 if it is too big, 1002 otherwise", () => {
    const codesOf = (code: number) =>
      Object.values(rules).filter((rule) => rule.code === code).map((rule) => rule.rule).sort();
    assert.deepEqual(codesOf(CloseCode.InvalidFramePayloadData), [
      "badEncoding",
      "closeReason",
      "notUtf8",
    ]);
    assert.deepEqual(codesOf(CloseCode.MessageTooBig), ["lengthTooLarge", "messageTooBig"]);
    assert.equal(codesOf(CloseCode.ProtocolError).length, Object.keys(rules).length - 5);
  });
});
