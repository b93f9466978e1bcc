/**
 * Streams that keep to RFC 6455: what `sends` says is written as `bits` and heard again.
 *
 * @module
 */
import type { Vector } from "./vector.ts";
import { filler } from "../helpers/bits.ts";

const text = (length: number): string => new TextDecoder().decode(filler(length));

/** Examples of section 5.7, in its order. */
const EXAMPLES: readonly Vector[] = [
  {
    section: "RFC 6455 5.7",
    name: "single-frame unmasked text message",
    from: "server",
    bits: "1 000 0001 0 0000101 x48656c6c6f",
    sends: [{ message: "Hello" }],
  },
  {
    section: "RFC 6455 5.7",
    name: "single-frame masked text message",
    from: "client",
    bits: "1 000 0001 1 0000101 x37fa213d x7f9f4d5158",
    sends: [{ message: "Hello" }],
  },
  {
    section: "RFC 6455 5.7",
    name: "fragmented unmasked text message",
    from: "server",
    bits: "0 000 0001 0 0000011 x48656c | 1 000 0000 0 0000010 x6c6f",
    sends: [{ message: "Hel", final: false }, { message: "lo" }],
  },
  {
    section: "RFC 6455 5.7",
    name: "unmasked ping",
    from: "server",
    bits: "1 000 1001 0 0000101 x48656c6c6f",
    sends: [{ ping: "Hello" }],
  },
  {
    section: "RFC 6455 5.7",
    name: "masked response to that ping",
    from: "client",
    bits: "1 000 1010 1 0000101 x37fa213d x7f9f4d5158",
    sends: [{ pong: "Hello" }],
  },
  {
    section: "RFC 6455 5.7",
    name: "256 bytes binary message in a single frame",
    from: "server",
    bits: "1 000 0010 0 1111110 +0100 *256",
    sends: [{ message: filler(256) }],
  },
  {
    section: "RFC 6455 5.7",
    name: "64KiB binary message in a single frame",
    from: "server",
    bits: "1 000 0010 0 1111111 +0000000000010000 *65536",
    sends: [{ message: filler(65536) }],
  },
];

/** Each length form at its ends, by the bits of the length. */
const LENGTHS: readonly (readonly [length: number, drawn: string])[] = [
  [0, "0000000"],
  [1, "0000001"],
  [124, "1111100"],
  [125, "1111101"],
  [126, "1111110 +007e"],
  [127, "1111110 +007f"],
  [65535, "1111110 +ffff"],
  [65536, "1111111 +0000000000010000"],
  [65537, "1111111 +0000000000010001"],
];

const BOUNDARIES: readonly Vector[] = LENGTHS.flatMap(([length, drawn]) => [
  {
    section: "RFC 6455 5.2",
    name: `binary message of ${length} bytes`,
    bits: `1 000 0010 m ${drawn} *${length}`,
    sends: [{ message: filler(length) }],
  },
  {
    section: "RFC 6455 5.2",
    name: `text message of ${length} bytes`,
    bits: `1 000 0001 m ${drawn} *${length}`,
    sends: [{ message: text(length) }],
  },
  {
    section: "RFC 6455 5.4",
    name: `fragments of ${length} bytes`,
    bits: `0 000 0010 m ${drawn} *${length} | 1 000 0000 m ${drawn} *${length}`,
    sends: [{ message: filler(length), final: false }, { message: filler(length) }],
  },
]);

const FRAGMENTS: readonly Vector[] = [
  {
    section: "RFC 6455 5.4",
    name: "a ping between fragments does not disturb them",
    bits: '0 000 0001 m 0000011 "Hel" | 1 000 1001 m 0000001 "?" | 1 000 0000 m 0000010 "lo"',
    sends: [{ message: "Hel", final: false }, { ping: "?" }, { message: "lo" }],
  },
  {
    section: "RFC 6455 5.4",
    name: "control frames between all fragments",
    bits: '1 000 1001 m 0000000 | 0 000 0010 m 0000001 "a" | 1 000 1010 m 0000001 "1"' +
      '| 0 000 0000 m 0000001 "b" | 1 000 1001 m 0000001 "2" | 1 000 1001 m 0000001 "3"' +
      '| 1 000 0000 m 0000001 "c" | 1 000 1010 m 0000000',
    sends: [
      { ping: "" },
      { message: Uint8Array.of(97), final: false },
      { pong: "1" },
      { message: Uint8Array.of(98), final: false },
      { ping: "2" },
      { ping: "3" },
      { message: Uint8Array.of(99) },
      { pong: "" },
    ],
  },
  {
    section: "RFC 6455 5.4",
    name: "empty fragments",
    bits: '0 000 0001 m 0000000 | 0 000 0000 m 0000000 | 0 000 0000 m 0000001 "x"' +
      "| 0 000 0000 m 0000000 | 1 000 0000 m 0000000",
    sends: [
      { message: "", final: false },
      { message: "", final: false },
      { message: "x", final: false },
      { message: "", final: false },
      { message: "" },
    ],
  },
  {
    section: "RFC 6455 5.4",
    name: "an empty message of two fragments, then a whole one",
    bits: '0 000 0010 m 0000000 | 1 000 0000 m 0000000 | 1 000 0010 m 0000001 "z"',
    sends: [
      { message: new Uint8Array(0), final: false },
      { message: new Uint8Array(0) },
      { message: Uint8Array.of(122) },
    ],
  },
  {
    section: "RFC 6455 5.4",
    name: "three messages in a row",
    bits: '1 000 0001 m 0000001 "a" | 1 000 0010 m 0000010 "bc" | 1 000 0001 m 0000011 "def"',
    sends: [{ message: "a" }, { message: Uint8Array.of(98, 99) }, { message: "def" }],
  },
  {
    section: "RFC 6455 5.6",
    name: "text of one to four bytes per character",
    bits: '1 000 0001 m 0001010 "z\u00e9\u20ac\u{1f600}"',
    sends: [{ message: "z\u00e9\u20ac\u{1f600}" }],
  },
  {
    section: "RFC 6455 5.6",
    name: "fragments of text cut inside characters",
    bits: "0 000 0001 0 0000010 x61f0 | 0 000 0000 0 0000001 x9f | 0 000 0000 0 0000010 x9880" +
      "| 1 000 0000 0 0000001 x62",
    from: "server",
    hears: [
      { message: "a", final: false },
      { message: "", final: false },
      { message: "\u{1f600}", final: false },
      { message: "b" },
    ],
  },
  {
    section: "RFC 6455 5.6",
    name: "a byte order mark and U+0000 are text like any other",
    bits: "1 000 0001 0 0000101 xefbbbf0061" +
      "| 0 000 0001 0 0000010 xefbb | 1 000 0000 0 0000001 xbf",
    from: "server",
    hears: [{ message: "\ufeff\0a" }, { message: "", final: false }, { message: "\ufeff" }],
  },
  {
    section: "RFC 6455 5.6",
    name: "noncharacters are valid",
    bits: "1 000 0001 0 0000111 xefbfbff48fbfbf",
    from: "server",
    sends: [{ message: "\uffff\u{10ffff}" }],
  },
];

const CONTROL: readonly Vector[] = [
  {
    section: "RFC 6455 5.5",
    name: "a ping of 125 bytes",
    bits: "1 000 1001 m 1111101 *125",
    sends: [{ ping: filler(125) }],
  },
  {
    section: "RFC 6455 5.5",
    name: "a pong of 125 bytes",
    bits: "1 000 1010 m 1111101 *125",
    sends: [{ pong: filler(125) }],
  },
  {
    section: "RFC 6455 5.5.1",
    name: "Close without a code",
    bits: "1 000 1000 m 0000000",
    sends: [{ close: [] }],
  },
  {
    section: "RFC 6455 5.5.1",
    name: "Close with a code",
    from: "server",
    bits: "1 000 1000 0 0000010 x03e8",
    sends: [{ close: [1000] }],
  },
  {
    section: "RFC 6455 5.5.1",
    name: "Close with a code and a reason",
    from: "client",
    bits: "1 000 1000 1 0000110 x37fa213d x3413434452db",
    sends: [{ close: [1001, "bye!"] }],
  },
  {
    section: "RFC 6455 5.5.1",
    name: "Close with the longest reason",
    from: "server",
    bits: "1 000 1000 0 1111101 x0fa1 *123",
    sends: [{ close: [4001, text(123)] }],
  },
  {
    section: "RFC 6455 5.5.1",
    name: "Close in the middle of a message",
    from: "server",
    bits: '0 000 0001 0 0000001 "a" | 1 000 1000 0 0000010 x03e9',
    hears: [{ message: "a", final: false }, { close: [1001] }],
  },
  {
    section: "RFC 6455 5.5.1",
    name: "bytes after Close do not count",
    from: "server",
    bits: "1 000 1000 0 0000010 x03e8 | 1 111 1111 0 0000001 | 1 000 1001 0 0000000",
    hears: [{ close: [1000] }],
  },
];

/** The whole table. */
export const VALID_FRAMES: readonly Vector[] = [
  ...EXAMPLES,
  ...BOUNDARIES,
  ...FRAGMENTS,
  ...CONTROL,
];
