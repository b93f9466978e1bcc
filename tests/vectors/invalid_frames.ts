/**
 * Streams that break a rule of RFC 6455 at their end, at least one for each rule.
 *
 * @module
 */
import { type Violation, Violations as rules } from "../../src/protocol/violations.ts";
import type { Sent } from "../helpers/protocol_events.ts";
import type { Vector } from "./vector.ts";

function breaks(fails: Violation, name: string, bits: string, rest: Partial<Vector> = {}): Vector {
  return { section: fails.section, name, bits, fails, ...rest };
}

const RESERVED: readonly Vector[] = [
  ...["001", "010", "011", "100", "101", "110", "111"].flatMap((rsv) => [
    breaks(rules.reservedBits, `RSV ${rsv} on text`, `1 ${rsv} 0001 m 0000000`),
    breaks(rules.reservedBits, `RSV ${rsv} on a ping`, `1 ${rsv} 1001 m 0000000`),
  ]),
  breaks(
    rules.reservedBits,
    "RSV1 on a continuation",
    '0 000 0001 m 0000001 "a" | 1 100 0000 m 0000001',
    { hears: [{ message: "a", final: false }] },
  ),
  ...["0011", "0100", "0101", "0110", "0111", "1011", "1100", "1101", "1110", "1111"].map((
    opcode,
  ) => breaks(rules.reservedOpcode, `opcode ${opcode}`, `1 000 ${opcode} m 0000000`)),
];

const MASKING: readonly Vector[] = ["0001", "0010", "1000", "1001", "1010"].flatMap((opcode) => [
  breaks(rules.unmasked, `opcode ${opcode} unmasked`, `1 000 ${opcode} 0 0000000`, {
    from: "client",
  }),
  breaks(rules.masked, `opcode ${opcode} masked`, `1 000 ${opcode} 1 0000000 x00000000`, {
    from: "server",
  }),
]);

const CONTROL: readonly Vector[] = ["1000", "1001", "1010"].flatMap((opcode) => [
  breaks(rules.controlFragmented, `fragmented ${opcode}`, `0 000 ${opcode} m 0000000`),
  breaks(rules.controlTooLong, `${opcode} of 126`, `1 000 ${opcode} m 1111110 +007e`),
  breaks(rules.controlTooLong, `${opcode} of 65536`, `1 000 ${opcode} m 1111111 +0000000000010000`),
  breaks(rules.lengthNotMinimal, `${opcode} of 125 in 16 bits`, `1 000 ${opcode} m 1111110 +007d`),
]);

/** GHSA-f269-vfmq-vjvj, GHSA-jf24-p9p9-4rjh, GHSA-xv26-6w52-cph6: 64-bit lengths that overflow. */
const LENGTHS: readonly Vector[] = [
  breaks(rules.lengthNotMinimal, "0 in 16 bits", "1 000 0010 m 1111110 +0000"),
  breaks(rules.lengthNotMinimal, "125 in 16 bits", "1 000 0010 m 1111110 +007d"),
  breaks(rules.lengthNotMinimal, "125 in 64 bits", "1 000 0001 m 1111111 +000000000000007d"),
  breaks(rules.lengthNotMinimal, "65535 in 64 bits", "1 000 0010 m 1111111 +000000000000ffff"),
  breaks(rules.lengthSign, "2^63", "1 000 0010 m 1111111 +8000000000000000"),
  breaks(rules.lengthSign, "2^64 - 1", "1 000 0010 m 1111111 +ffffffffffffffff"),
  breaks(rules.lengthTooLarge, "2^63 - 1", "1 000 0010 m 1111111 +7fffffffffffffff"),
  breaks(rules.lengthTooLarge, "2^53", "1 000 0010 m 1111111 +0020000000000000"),
  breaks(rules.lengthTooLarge, "2^53 + 1", "1 000 0001 m 1111111 +0020000000000001"),
];

/** CVE-2026-42786, fastwebsockets#100: the limit is seen in the header. `"chunk"` has none. */
export const HEADER_LIMITS: readonly Vector[] = [
  breaks(rules.messageTooBig, "2^53 - 1", "1 000 0010 m 1111111 +001fffffffffffff"),
  breaks(
    rules.messageTooBig,
    "2^53 - 1 for an endless limit",
    "1 000 0010 m 1111111 +001fffffffffffff",
    {
      maxMessageBytes: Infinity,
    },
  ),
  breaks(rules.messageTooBig, "2^32", "1 000 0010 m 1111111 +0000000100000000"),
  breaks(
    rules.messageTooBig,
    "one above the default limit",
    "1 000 0010 m 1111111 +0000000000100001",
  ),
  breaks(rules.messageTooBig, "one frame above the limit", "1 000 0010 m 0001001", {
    maxMessageBytes: 8,
  }),
  breaks(rules.messageTooBig, "first fragment above the limit", "0 000 0001 m 0001001", {
    maxMessageBytes: 8,
  }),
];

/** undici b4c287b38: the limit is cumulative for those who put messages together. */
export const WHOLE_MESSAGE_LIMITS: readonly Vector[] = [
  breaks(
    rules.messageTooBig,
    "fragments that add up",
    "0 000 0010 m 0000101 *5 | 0 000 0000 m 0000000 | 0 000 0000 m 0000011 *3 | 1 000 0000 m 0000001",
    { maxMessageBytes: 8 },
  ),
  breaks(
    rules.messageTooBig,
    "a last fragment too many, seen before its payload",
    "0 000 0001 m 0001000 *8 | 1 000 0000 m 0000001",
    { maxMessageBytes: 8 },
  ),
];

/** bun#33011: a data frame inside an open message. */
const FRAGMENTS: readonly Vector[] = [
  breaks(rules.strayContinuation, "continuation first", "1 000 0000 m 0000000"),
  breaks(rules.strayContinuation, "continuation that goes on, first", "0 000 0000 m 0000001"),
  breaks(
    rules.strayContinuation,
    "continuation after a whole message",
    "1 000 0001 m 0000000 | 1 000 0000 m 0000000",
    {
      hears: [{ message: "" }],
    },
  ),
  breaks(
    rules.strayContinuation,
    "continuation after the last",
    '0 000 0001 m 0000001 "a" | 1 000 0000 m 0000001 "b" | 1 000 0000 m 0000001',
    { hears: [{ message: "a", final: false }, { message: "b" }] },
  ),
  ...["0001", "0010"].flatMap((opcode) =>
    ["0", "1"].map((fin) =>
      breaks(
        rules.messageInterrupted,
        `opcode ${opcode} with FIN ${fin} inside a message`,
        `0 000 0010 m 0000000 | ${fin} 000 ${opcode} m 0000000`,
        { hears: [{ message: new Uint8Array(0), final: false }] },
      )
    )
  ),
];

const CLOSE: readonly Vector[] = [
  breaks(rules.closeTooShort, "Close of one byte", "1 000 1000 0 0000001 x03", { from: "server" }),
  ...["0000", "03e7", "03ec", "03ed", "03ee", "03f7", "0400", "0bb7", "1388", "ffff"].map((code) =>
    breaks(rules.closeCode, `code x${code}`, `1 000 1000 0 0000010 x${code}`, { from: "server" })
  ),
  ...["ff", "c3", "eda080", "c080", "f4908080"].map((reason) =>
    breaks(
      rules.closeReason,
      `reason x${reason}`,
      `1 000 1000 0 ${(2 + reason.length / 2).toString(2).padStart(7, "0")} x03e8${reason}`,
      { from: "server" },
    )
  ),
];

const fragment: readonly Sent[] = [{ message: "a", final: false }];
const TEXT: readonly Vector[] = [
  breaks(rules.notUtf8, "a stray byte", "1 000 0001 0 0000001 xff", { from: "server" }),
  breaks(rules.notUtf8, "an overlong form", "1 000 0001 0 0000010 xc0af", { from: "server" }),
  breaks(rules.notUtf8, "a surrogate", "1 000 0001 0 0000011 xeda080", { from: "server" }),
  breaks(rules.notUtf8, "above U+10FFFF", "1 000 0001 0 0000100 xf4908080", { from: "server" }),
  breaks(rules.notUtf8, "an unfinished character", "1 000 0001 0 0000010 xe282", {
    from: "server",
  }),
  breaks(rules.notUtf8, "masked", "1 000 0001 1 0000010 x37fa213d xc87f", { from: "client" }),
  breaks(
    rules.notUtf8,
    "an unfinished character at the end of fragments",
    "0 000 0001 0 0000001 x61 | 1 000 0000 0 0000001 xe2",
    { from: "server", hears: fragment },
  ),
  breaks(
    rules.notUtf8,
    "an unfinished character and an empty last fragment",
    "0 000 0001 0 0000001 x61 | 0 000 0000 0 0000001 xe2 | 1 000 0000 0 0000000",
    { from: "server", hears: [...fragment, { message: "", final: false }] },
  ),
  breaks(
    rules.notUtf8,
    "a bad byte in a middle fragment fails before the message is whole",
    "0 000 0001 0 0000001 x61 | 0 000 0000 0 0000010 x62ff",
    { from: "server", hears: fragment },
  ),
];

/** Rows that are broken for whoever listens, however the messages are delivered. */
export const INVALID_FRAMES: readonly Vector[] = [
  ...RESERVED,
  ...MASKING,
  ...CONTROL,
  ...LENGTHS,
  ...FRAGMENTS,
  ...CLOSE,
  ...TEXT,
];
