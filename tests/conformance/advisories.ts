/**
 * What broke other implementations, each with the cases of ours that try it, or with where
 * else it is tried, or why it cannot happen here.
 *
 * @module
 */

/** An advisory, or a report that got no number. */
export interface Advisory {
  /** As the `source` of its cases has it. */
  readonly name: string;
  /** The project that had the fault, and the fault. */
  readonly what: string;
  readonly link: string;
  /** Where the unit tests try what never reaches the wire, or why nothing can be tried. */
  readonly elsewhere?: string;
}

const nvd = (number: string): string => `https://nvd.nist.gov/vuln/detail/CVE-${number}`;
const ghsa = (id: string): string => `https://github.com/advisories/GHSA-${id}`;

function cve(number: string, what: string, elsewhere?: string): Advisory {
  return {
    name: `CVE-${number}`,
    what,
    link: nvd(number),
    ...(elsewhere !== undefined && { elsewhere }),
  };
}

const NO_MULTIPLEXING = "there is no layer of packets with attachments above messages";
const NO_PUSH = "our server pushes nothing, and our client forbids it (ENABLE_PUSH 0)";

/** All of them. */
export const ADVISORIES: readonly Advisory[] = [
  cve("2026-48779", "ws: each tiny fragment holds an object"),
  cve(
    "2026-45736",
    "ws: close(code, Float32Array) sends uninitialised memory",
    "tests/protocol/control_payload_test.ts",
  ),
  cve("2024-37890", "ws: more fields than Node keeps, and Upgrade is undefined"),
  cve("2021-32640", "ws: a list of protocols in quadratic time"),
  {
    name: "GHSA-5v72-xg48-5rpm",
    what: "ws: extensions and parameters named as properties that objects have by nature",
    link: ghsa("5v72-xg48-5rpm"),
  },
  {
    name: "ws 1.0.1",
    what: "ws: ping(number) sends uninitialised memory",
    link: "https://github.com/websockets/ws/releases/tag/1.0.1",
    elsewhere: "tests/protocol/control_payload_test.ts",
  },
  cve("2020-7662", "websocket-extensions: a quoted string without an end in quadratic time"),
  cve("2026-54466", "websocket-driver: a length beyond 2^53 shifts the frames"),
  cve("2026-54490", "websocket-driver: the limit is on compressed bytes"),
  cve("2026-1526", "undici: inflates without a limit"),
  cve("2026-1528", "undici: a length of 64 bits ends the process"),
  cve("2026-2229", "undici: server_max_window_bits=99 ends the process"),
  cve("2026-12151", "undici: fragments without a limit, empty ones too"),
  cve(
    "2026-1527",
    "undici: CR and LF in what the caller passes for the head",
    "tests/handshake/client_handshake_test.ts",
  ),
  {
    name: "undici b4c287b38",
    what: "undici: the limit is on each fragment",
    link: "https://github.com/nodejs/undici/commit/b4c287b38",
  },
  cve("2026-55517", "Deno: bytes beyond ASCII in the answer end the process"),
  cve(
    "2026-49860",
    "Deno: --deny-net is not checked on the resolved address",
    "on Deno our client connects by Deno.connect, whose permissions are Deno's",
  ),
  cve("2023-26103", "Deno: lists in Upgrade and Connection in quadratic time"),
  {
    name: "deno#36327",
    what: "Deno: HTTP/2 push ends the process",
    link: "https://github.com/denoland/deno/pull/36327",
    elsewhere: NO_PUSH,
  },
  {
    name: "deno#33982",
    what: "Deno: a reset under a write ends the process",
    link: "https://github.com/denoland/deno/issues/33982",
  },
  cve("2023-43669", "tungstenite: parses the growing head again and again"),
  cve("2020-27813", "gorilla: the length of a frame overflows"),
  cve("2018-1000518", "Python's websockets (its PR 407): the limit is on compressed bytes"),
  cve("2026-42786", "Bandit: gathers fragments without a limit"),
  ...["2026-33151", "2026-69185", "2026-59725"].map((number) =>
    cve(
      number,
      "socket.io-parser, engine.io: attachments without a limit, a bad binary POST",
      NO_MULTIPLEXING,
    )
  ),
  cve("2025-24010", "Vite: a page of any origin may connect"),
  {
    name: "GHSA-c4j6-fc7j-m34r",
    what: "Next.js: an upgrade request with the target of another host is passed on",
    link: ghsa("c4j6-fc7j-m34r"),
  },
  {
    name: "bun#33011",
    what: "µWebSockets, Bun: a binary frame inside a fragmented message is taken",
    link: "https://github.com/oven-sh/bun/pull/33011",
  },
  {
    name: "fastwebsockets#100",
    what: "fastwebsockets, Deno: gathers fragments without a limit",
    link: "https://github.com/denoland/fastwebsockets/issues/100",
  },
];

/** One of our cases, as far as this table needs it. */
export interface SourcedCase {
  readonly role: "server" | "client";
  readonly id: string;
  readonly source: string;
}

/** Where an advisory is tried: ids of cases, or the words of the table. */
export function whereTried(
  { name, elsewhere }: Advisory,
  cases: readonly SourcedCase[],
): string {
  if (elsewhere !== undefined) return elsewhere;
  const idsOf = (role: SourcedCase["role"]) =>
    cases.filter((each) => each.role === role && each.source.split(", ").includes(name))
      .map(({ id }) => id);
  const server = idsOf("server"), client = idsOf("client");
  const list = (title: string, ids: readonly string[]) =>
    ids.length === 0 ? [] : [`${title} ${ids.join(", ")}`];
  if (server.join() === client.join()) return server.join(", ");
  return [...list("server", server), ...list("client", client)].join("; ");
}
