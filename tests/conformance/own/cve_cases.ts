/**
 * What broke other implementations. Advisories about what a caller passes in (GHSA-58qx,
 * CVE-2026-1527) never reach the wire: the unit tests have them.
 *
 * @module
 */
import { constants, deflateRawSync } from "node:zlib";
import type { Role } from "../../../src/protocol/role.ts";
import { bits, concat } from "../../helpers/bits.ts";
import {
  failed,
  FINE,
  type OpenPeer,
  type OwnCase,
  type RequestCase,
  section,
  type Unnumbered,
  type Verdict,
} from "./case.ts";
import { exchange, type Expectation, type FrameCase } from "./exchange.ts";
import { BINARY, CONTINUATION, draw, echoOf, frame, TEXT } from "./frame.ts";
import {
  checkAgreement,
  fieldsOf,
  refuses,
  type RequestChange,
  statusOf,
  takes,
  writeRequest,
} from "./request_cases.ts";
import { fails } from "./response_cases.ts";
import type { Wire } from "./wire.ts";

const MIB = 1_048_576;
/**
 * What floods of 256 MiB may add to the target's memory: garbage of its runtime, and our limits.
 */
const MOST_GROWTH = 192 * MIB;
const SAMPLE_MS = 20;

const ours = { level: "OURS" } as const;
const P = "Sec-WebSocket-Protocol", E = "Sec-WebSocket-Extensions";

interface Flood {
  readonly title: string;
  readonly source: string;
  readonly send: (wire: Wire, from: Role) => Promise<void>;
  readonly expected: Expectation;
  readonly fields?: readonly string[];
}

/** Much data that must cost little: its memory is watched. */
function flood({ title, source, send, expected, fields }: Flood): FrameCase {
  return {
    kind: "open",
    title,
    source,
    level: "OURS",
    ...(fields && { fields }),
    async run(peer) {
      const { verdict, growth } = await watchMemory(peer, () => exchange(peer, send, expected));
      if (growth <= MOST_GROWTH || verdict.behavior !== "OK") return verdict;
      return failed("OURS", `memory grew by ${Math.round(growth / MIB)} MiB`);
    },
  };
}

async function watchMemory(
  peer: OpenPeer,
  work: () => Promise<Verdict>,
): Promise<{ verdict: Verdict; growth: number }> {
  const before = peer.residentBytes() ?? 0;
  let most = before;
  const sample = () => most = Math.max(most, peer.residentBytes() ?? 0);
  const timer = setInterval(sample, SAMPLE_MS);
  try {
    const verdict = await work();
    sample();
    return { verdict, growth: most - before };
  } finally {
    clearInterval(timer);
  }
}

/** A first fragment, others by the thousand, and a last one. */
function fragmentFlood(from: Role, payload: string, count: number): (wire: Wire) => Promise<void> {
  const part = frame({ opcode: CONTINUATION, payload, fin: false }, from);
  return async (wire) => {
    wire.write(frame({ opcode: TEXT, payload: "", fin: false }, from));
    await wire.flood(concat(Array.from({ length: 1_000 }, () => part)), count / 1_000);
    wire.write(frame({ opcode: CONTINUATION, payload: "" }, from));
  };
}

const tooBig: Expectation = { level: "OURS", fails: [1009] };
const echoed = (message: string): Expectation => ({ level: "MUST", messages: [echoOf(message)] });

const FLOODS: readonly FrameCase[] = [
  flood({
    title: "100,000 fragments of one byte are one message",
    source: "CVE-2026-48779, CVE-2026-12151",
    send: (wire, from) => fragmentFlood(from, "a", 100_000)(wire),
    expected: echoed("a".repeat(100_000)),
  }),
  flood({
    title: "300,000 empty fragments are one empty message",
    source: "CVE-2026-48779, CVE-2026-12151, ws#2329",
    send: (wire, from) => fragmentFlood(from, "", 300_000)(wire),
    expected: echoed(""),
  }),
  flood({
    title: "fragments of one byte beyond 1 MiB",
    source: "CVE-2026-48779, CVE-2026-42786",
    send: (wire, from) => fragmentFlood(from, "a", MIB + 2_000)(wire),
    expected: tooBig,
  }),
  flood({
    title: "fragments of 64 KiB without an end",
    source: "CVE-2026-42786, fastwebsockets#100, undici b4c287b38",
    async send(wire, from) {
      wire.write(frame({ opcode: BINARY, payload: "", fin: false }, from));
      const part = bits("0 000 0000 m 1111111 +0000000000010000 *65536", from);
      await wire.flood(part, 4_096); // 256 MiB, if it is let
    },
    expected: tooBig,
  }),
  flood({
    title: "a frame of 64 KiB in TCP segments of one byte, as far as the system lets",
    source: "CVE-2026-48779",
    async send(wire, from) {
      const whole = bits("1 000 0010 m 1111110 +8000 *32768", from);
      for (const byte of whole) await wire.flood(Uint8Array.of(byte), 1);
    },
    expected: { level: "MUST", messages: ["binary 32768 bytes"] },
  }),
];

/** Headers alone: what they announce must not be waited for, let alone allocated. */
const LENGTHS: readonly FrameCase[] = [
  ["2^63", "8000000000000000", [1002, 1009]],
  ["2^64 - 1", "ffffffffffffffff", [1002, 1009]],
  ["2^63 - 1", "7fffffffffffffff", [1002, 1009]],
  ["2^53 + 1", "0020000000000001", [1002, 1009]],
  ["2^32 + 5", "0000000100000005", [1009]],
].map(([name, drawn, codes]): FrameCase => ({
  kind: "open",
  title: `a frame that announces ${name} bytes`,
  source: "CVE-2026-1528, CVE-2020-27813, CVE-2026-54466",
  level: "OURS",
  run: (peer) =>
    exchange(peer, (wire, from) => wire.write(bits(`1 000 0010 m 1111111 +${drawn}`, from)), {
      level: "OURS",
      fails: codes as number[],
    }),
}));

const INTERRUPTED: readonly FrameCase[] = ([[TEXT, "text"], [BINARY, "binary"]] as const).map((
  [opcode, name],
) => ({
  kind: "open",
  title: `a ${name} frame inside a fragmented message`,
  source: "bun#33011",
  level: "MUST",
  run: (peer) =>
    exchange(peer, (wire, from) =>
      wire.write(bits(
        `${draw({ opcode: TEXT, payload: "a", fin: false })} | ${draw({ opcode, payload: "b" })}`,
        from,
      )), { level: "MUST", fails: [1002] }),
}));

/** Sixteen MiB of zeros in 16 KiB, again and again: a stream of one message. */
function bomb(): Uint8Array {
  return deflateRawSync(new Uint8Array(16 * MIB), {
    finishFlush: constants.Z_SYNC_FLUSH,
    level: 9,
  });
}

/** Takes part only if the target agrees on permessage-deflate; else there is nothing to break. */
const BOMB: FrameCase = {
  kind: "open",
  title: "a message of 1 MiB that inflates to 1 GiB",
  source: "CVE-2026-1526, CVE-2026-54490, CVE-2018-1000518",
  level: "OURS",
  needsDeflate: true,
  fields: [`${E}: permessage-deflate`],
  async run(peer) {
    if (!/permessage-deflate/i.test(peer.head)) return NOT_OFFERED;
    const { verdict, growth } = await watchMemory(peer, () =>
      exchange(peer, async (wire, from) => {
        const part = bomb();
        wire.write(frame({ opcode: BINARY, payload: part, fin: false, rsv: "100" }, from));
        await wire.flood(frame({ opcode: CONTINUATION, payload: part, fin: false }, from), 62);
        wire.write(frame({ opcode: CONTINUATION, payload: part }, from));
      }, tooBig));
    if (growth <= MOST_GROWTH || verdict.behavior !== "OK") return verdict;
    return failed("OURS", `memory grew by ${Math.round(growth / MIB)} MiB`);
  },
};

/** That the target survives it shows in that it is there for the next case. */
const RESET: FrameCase = {
  kind: "open",
  title: "survives a TCP reset under its answers",
  source: "deno#33982",
  level: "MUST",
  async run({ wire, role }) {
    const message = new Uint8Array(MIB);
    for (let i = 0; i < 4; i++) wire.write(frame({ opcode: BINARY, payload: message }, role));
    await wire.framesUntil((frames) => frames.length > 0, "the first echo");
    wire.reset();
    return FINE;
  },
};

const NOT_OFFERED: Verdict = { ...FINE, behavior: "UNIMPLEMENTED", why: "no permessage-deflate" };

/** A request that must not crash or stall the server, whatever it answers but 101 with these. */
function survives(
  title: string,
  source: string,
  change: RequestChange,
): Unnumbered<RequestCase> {
  return {
    kind: "request",
    title: `survives ${title}`,
    source,
    level: "MUST",
    async run(wire) {
      wire.write(writeRequest(change));
      const head = await wire.head();
      if (head === null || statusOf(head) !== 101) return FINE;
      const wrong = checkAgreement(fieldsOf(head), change);
      return wrong === null ? FINE : failed("MUST", wrong);
    },
  };
}

/** Every byte a field may not have meant, in every field of the handshake. */
const OBS_TEXT = "\x80\x9f\xa0\xc3\xa4\xff";
const HANDSHAKE_FIELDS = [
  P,
  E,
  "Sec-WebSocket-Key",
  "Sec-WebSocket-Version",
  "Upgrade",
  "Connection",
  "Origin",
  "Host",
];

const WINDOW_BITS = [
  "=7",
  "=0",
  "=16",
  "=99",
  "=015",
  "=1e1",
  "=-9",
  "",
  "=9; server_max_window_bits=9",
];

/** For servers. */
export const SERVER_CVES: readonly OwnCase[] = section("cve", [
  ...FLOODS,
  ...LENGTHS,
  ...INTERRUPTED,
  BOMB,
  RESET,
  refuses("2,001 fields and no Upgrade", "CVE-2024-37890", {
    fields: { Upgrade: null },
    lines: "a:\r\n".repeat(2_001),
  }, { isPlain: true }),
  refuses("2,001 fields before the rest", "CVE-2024-37890", {
    fields: { Upgrade: null },
    lines: "a:\r\n".repeat(2_001) + "Upgrade: websocket\r\n",
  }, { ...ours, isPlain: true }), // the last fields may get lost
  survives("long whitespace in a list of protocols", "CVE-2021-32640", {
    fields: { [P]: `b${" ".repeat(15_000)}x` },
  }),
  survives("a quoted string without an end", "CVE-2020-7662", {
    fields: { [E]: `a; b="${"\\c".repeat(7_000)}` },
  }),
  survives("long lists in Upgrade and Connection", "CVE-2023-26103", {
    fields: { Connection: `${" ,".repeat(3_500)}a`, Upgrade: `${",\t".repeat(3_500)}a` },
  }),
  ...["constructor", "__proto__", "toString; __proto__", "__proto__; constructor=1"].map((value) =>
    takes(`the extension ${value}, and agrees on nothing`, "GHSA-5v72-xg48-5rpm", {
      fields: { [E]: value },
    }, { level: "MUST" })
  ),
  survives("protocols that objects have by nature", "GHSA-5v72-xg48-5rpm", {
    fields: { [P]: "__proto__, constructor" },
  }),
  ...HANDSHAKE_FIELDS.map((name) =>
    survives(`bytes beyond ASCII in ${name}`, "CVE-2026-55517", { fields: { [name]: OBS_TEXT } })
  ),
  ...WINDOW_BITS.map((value) =>
    takes(`server_max_window_bits${value}, and declines it`, "CVE-2026-2229, RFC 7692 7.1", {
      fields: { [E]: `permessage-deflate; server_max_window_bits${value}` },
    }, ours)
  ),
  refuses("the Origin of another host", "CVE-2025-24010", {
    fields: { Origin: "http://evil.example" },
  }, { ...ours, statuses: [403] }),
  refuses("Origin: null", "CVE-2025-24010", { fields: { Origin: "null" } }, {
    ...ours,
    statuses: [403],
  }),
  refuses("a target of another host", "GHSA-c4j6-fc7j-m34r", {
    line: "GET http://169.254.169.254/latest HTTP/1.1",
  }, ours),
]);

/** For clients. */
export const CLIENT_CVES: readonly OwnCase[] = section("cve", [
  ...FLOODS,
  ...LENGTHS,
  ...INTERRUPTED,
  BOMB,
  RESET,
  ...[P, E, "Sec-WebSocket-Accept", "Upgrade", "Connection"].map((name) =>
    fails(`bytes beyond ASCII in ${name}`, "CVE-2026-55517", { fields: { [name]: OBS_TEXT } })
  ),
  ...["constructor", "__proto__", "toString"].map((value) =>
    fails(`the extension ${value}`, "GHSA-5v72-xg48-5rpm", { fields: { [E]: value } })
  ),
  fails("the protocol __proto__", "GHSA-5v72-xg48-5rpm", { fields: { [P]: "__proto__" } }),
  fails("a quoted string without an end", "CVE-2020-7662", {
    fields: { [E]: `a; b="${"\\c".repeat(7_000)}` },
  }),
]);
