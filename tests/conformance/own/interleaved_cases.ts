/**
 * Control frames between fragments, with cuts at every byte.
 *
 * @module
 */
import type { Role } from "../../../src/protocol/role.ts";
import { concat } from "../../helpers/bits.ts";
import { type OwnCase, section } from "./case.ts";
import { exchange, type Expectation, type FrameCase } from "./exchange.ts";
import {
  CLOSE,
  closePayload,
  CONTINUATION,
  echoOf,
  frame,
  type FrameParts,
  inWords,
  PING,
  PONG,
  TEXT,
} from "./frame.ts";

const encoder = new TextEncoder();
const MIXED = "Hällo ☃ 😀!";

interface Stream {
  readonly title: string;
  readonly frames: readonly FrameParts[];
  readonly messages?: readonly string[];
  readonly pings?: readonly (string | Uint8Array)[];
}

const fragments = (...parts: readonly (Uint8Array | string | FrameParts)[]): FrameParts[] => {
  const data = parts.filter((part) => typeof part === "string" || part instanceof Uint8Array);
  return parts.map((part) => {
    if (typeof part !== "string" && !(part instanceof Uint8Array)) return part;
    const opcode = part === data[0] ? TEXT : CONTINUATION;
    return { opcode, payload: part, fin: part === data.at(-1) };
  });
};

const STREAMS: readonly Stream[] = [
  {
    title: "a ping between two fragments",
    frames: fragments("Hello ", { opcode: PING, payload: "?" }, "world"),
    messages: ["Hello world"],
    pings: ["?"],
  },
  {
    title: "an empty ping and an unasked pong between three",
    frames: fragments("a", { opcode: PING }, "b", { opcode: PONG, payload: "!" }, "c"),
    messages: ["abc"],
    pings: [""],
  },
  {
    title: "two pings in a row, before the first and after the last",
    frames: [
      { opcode: PING, payload: "1" },
      ...fragments("x", { opcode: PING, payload: "2" }, { opcode: PING, payload: "3" }, "y"),
      { opcode: PING, payload: "4" },
    ],
    messages: ["xy"],
    pings: ["1", "2", "3", "4"],
  },
  {
    title: "a ping of 125 bytes between fragments of 126",
    frames: fragments(
      "m".repeat(126),
      { opcode: PING, payload: "p".repeat(125) },
      "n".repeat(126),
    ),
    messages: ["m".repeat(126) + "n".repeat(126)],
    pings: ["p".repeat(125)],
  },
];

function streamExpectation({ messages = [], pings = [] }: Stream, times: number): Expectation {
  const echoes = messages.map(echoOf);
  const pongs = pings.map((payload) => inWords({ opcode: PONG, payload }));
  const repeat = <Item>(items: readonly Item[]): readonly Item[] =>
    Array.from({ length: times }, () => items).flat();
  return { level: "MUST", messages: repeat(echoes), pongs: repeat(pongs) };
}

/** The stream on one connection, again and again, in two writes cut at every byte. */
function cutEverywhere(stream: Stream): FrameCase {
  const bytes = (from: Role): Uint8Array => concat(stream.frames.map((each) => frame(each, from)));
  return {
    kind: "open",
    title: `${stream.title}, cut in two at every byte`,
    source: "RFC 6455 5.4",
    level: "MUST",
    run(peer) {
      const whole = bytes(peer.role);
      return exchange(peer, async (wire) => {
        for (let at = 1; at < whole.length; at++) {
          await wire.writeApart([whole.subarray(0, at), whole.subarray(at)]);
        }
      }, streamExpectation(stream, whole.length - 1));
    },
  };
}

function byteByByte(stream: Stream): FrameCase {
  return {
    kind: "open",
    title: `${stream.title}, byte by byte`,
    source: "RFC 6455 5.4",
    level: "MUST",
    run: (peer) =>
      exchange(peer, async (wire, from) => {
        const whole = concat(stream.frames.map((each) => frame(each, from)));
        await wire.writeApart(Array.from(whole, (byte) => Uint8Array.of(byte)));
      }, streamExpectation(stream, 1)),
  };
}

/** Fragments of one message with a ping between them, cut after `at` bytes of payload. */
function pingAt(bytes: Uint8Array, at: number): FrameParts[] {
  const ping = { opcode: PING, payload: Uint8Array.of(at) };
  return fragments(bytes.slice(0, at), ping, bytes.slice(at));
}

const mixedBytes = encoder.encode(MIXED);
const cuts = Array.from({ length: mixedBytes.length + 1 }, (_, at) => at);

/** A Close between two fragments, in two writes: the message is never heard of. */
function closeBetween(at: number): FrameCase {
  return {
    kind: "open",
    title: `a Close between fragments, in two writes cut at byte ${at}`,
    source: "RFC 6455 5.5.1",
    level: "MUST",
    ...(at > 12 && { target: "server" }), // frames of a server are shorter
    run: (peer) =>
      exchange(peer, async (wire, from) => {
        const close = { opcode: CLOSE, payload: closePayload(1001, "bye") };
        const whole = concat(fragments("a", close, "b").map((each) => frame(each, from)));
        await wire.writeApart([whole.subarray(0, at), whole.subarray(at)]);
      }, { level: "MUST", answers: ["close 1001"] }),
  };
}

/** Control frames between fragments. */
export const INTERLEAVED: readonly OwnCase[] = section("interleaved", [
  {
    kind: "open",
    title: "a message in two fragments, cut at every byte of its UTF-8, and a ping between",
    source: "RFC 6455 5.4, 5.6",
    level: "MUST",
    run: (peer) =>
      exchange(peer, (wire, from) => {
        for (const at of cuts) {
          wire.write(concat(pingAt(mixedBytes, at).map((each) => frame(each, from))));
        }
      }, {
        level: "MUST",
        messages: cuts.map(() => echoOf(MIXED)),
        pongs: cuts.map((at) => inWords({ opcode: PONG, payload: Uint8Array.of(at) })),
      }),
  },
  {
    kind: "open",
    title: "a message in fragments of one byte, and a ping after each",
    source: "RFC 6455 5.4, 5.6",
    level: "MUST",
    run: (peer) =>
      exchange(peer, (wire, from) => {
        const parts = Array.from(mixedBytes, (byte, i) => [
          { opcode: i === 0 ? TEXT : CONTINUATION, payload: Uint8Array.of(byte), fin: false },
          { opcode: PING, payload: Uint8Array.of(i) },
        ]).flat();
        parts.push({ opcode: CONTINUATION, payload: new Uint8Array(0), fin: true });
        wire.write(concat(parts.map((each) => frame(each, from))));
      }, {
        level: "MUST",
        messages: [echoOf(MIXED)],
        pongs: Array.from(
          mixedBytes,
          (_, i) => inWords({ opcode: PONG, payload: Uint8Array.of(i) }),
        ),
      }),
  },
  ...STREAMS.map(cutEverywhere),
  ...STREAMS.map(byteByByte),
  ...Array.from({ length: 24 }, (_, i) => closeBetween(i + 1)),
]);
