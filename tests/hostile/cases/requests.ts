/**
 * Requests that are odd, large, or ask for what costs much.
 *
 * @module
 */
import { type HostileCase, outcome, SERVERS, until } from "../case.ts";
import { Peer } from "../peer.ts";
import { writeRequest } from "../../conformance/own/request_cases.ts";
import type { Target } from "../target.ts";
import type { AdapterName, Outcome } from "../case.ts";

const OURS: readonly AdapterName[] = ["tcp", "http", "node", "duplex", "native"];

async function statusOf(target: Target, request: string): Promise<number> {
  const peer = await Peer.connect(target.port);
  peer.write(request);
  const status = await peer.answered(20_000);
  peer.drop();
  return status;
}

async function answers(target: Target, request: string, right: number): Promise<Outcome> {
  const start = performance.now();
  const status = await statusOf(target, request);
  const { errors } = await target.measure();
  const told = errors.length > 0 ? `, onError: ${errors[0]!.slice(0, 60)}` : "";
  return outcome(
    status === right && performance.now() - start < 2_000 * target.slack,
    `${status}${told}`,
  );
}

function stalls(pattern: string, path: string): HostileCase {
  return {
    kind: "12",
    name: `the route ${pattern}, and 3,500 hyphens`,
    adapters: ["tcp"],
    isQuick: true,
    options: { routes: [pattern] },
    async run(target) {
      const start = performance.now();
      const status = await statusOf(target, writeRequest({ line: `GET ${path} HTTP/1.1` }));
      const ms = performance.now() - start;
      return outcome(ms < 200 * target.slack, `${status} after ${Math.round(ms)} ms`, {
        stallMs: ms,
      });
    },
  };
}

/** All of them. */
export const REQUESTS: readonly HostileCase[] = [
  {
    kind: "4",
    name: "24 KiB of cookies at maxHeadBytes 65,536",
    adapters: SERVERS,
    isQuick: true,
    options: { maxHeadBytes: 65_536 },
    run: (target) =>
      answers(
        target,
        writeRequest({
          line: "GET /echo HTTP/1.1",
          lines: `Cookie: a=${"b".repeat(12_000)}\r\nCookie: c=${"d".repeat(12_000)}\r\n`,
        }),
        101,
      ),
  },
  ...[["silence", ""], ["half a head", "GET / HTTP/1.1\r\nHost: "]].map((
    [what, bytes],
  ): HostileCase => ({
    kind: "4",
    name: `${what} at handshakeTimeoutMs 400`,
    adapters: SERVERS,
    isQuick: true,
    options: { handshakeTimeoutMs: 400 },
    async run(target) {
      const start = performance.now();
      const peer = await Peer.connect(target.port);
      peer.write(bytes!);
      await peer.endsWithin(4_000 * target.slack);
      const ms = Math.round(performance.now() - start), { isEnded } = peer;
      peer.drop();
      return outcome(
        isEnded && ms < 1_500 * target.slack,
        isEnded ? `cut after ${ms} ms` : "stays",
      );
    },
  })),
  ...["/throws", "/null", "/broken"].map((path): HostileCase => ({
    kind: "4",
    name: `the application's fetch fails: ${path}`,
    adapters: ["http"],
    async run(target) {
      const status = await statusOf(target, `GET ${path} HTTP/1.1\r\nHost: host\r\n\r\n`);
      await until(async () => (await target.measure()).errors.length > 0, 1_000);
      const { errors } = await target.measure();
      return outcome(errors.length === 1, `${status}, told ${errors.length} times`);
    },
  })),
  {
    kind: "4",
    name: "close() with an open event stream and a silent socket",
    adapters: ["http"],
    async run(target) {
      const stream = await Peer.connect(target.port);
      stream.write("GET /events HTTP/1.1\r\nHost: host\r\n\r\n");
      await stream.answered();
      const silent = await Peer.connect(target.port);
      const ms = await target.close(500);
      const isCut = await stream.endsWithin(500) && await silent.endsWithin(500);
      stream.drop(), silent.drop();
      return outcome(
        ms !== null && isCut,
        `${ms === null ? "never ends" : `${Math.round(ms)} ms`}, ${
          isCut ? "all cut" : "some stay"
        }`,
      );
    },
  },
  {
    kind: "5",
    name: "(no attack) a text whose parts end within a character",
    adapters: ["tcp", "http", "node", "duplex"],
    async run(target) {
      const peer = await Peer.open(target.port, { path: "/cut", keeps: true });
      await peer.frames(4);
      const text = peer.text;
      peer.drop();
      const count = text.split("\xf0\x9f\x98\x8b").length - 1;
      // A frame's header may stand between the bytes of a character.
      const isWhole = !text.includes("\xef\xbf\xbd");
      return outcome(isWhole, isWhole ? `${count} whole` : "U+FFFD");
    },
  },
  {
    kind: "8",
    name: "two lines of Cookie",
    adapters: OURS,
    isQuick: true,
    async run(target) {
      const peer = await Peer.open(target.port, {
        path: "/cookies",
        lines: ["Cookie: a=1", "Cookie: b=2"],
        keeps: true,
      });
      const [frame = "nothing"] = await peer.frames(1);
      peer.drop();
      return outcome(frame === 'text "a=1; b=2"', frame);
    },
  },
  {
    kind: "9",
    name: "(no attack) a browser's request for the route /café",
    adapters: ["tcp"],
    options: { routes: ["/café", "/a b"] },
    run: (target) => answers(target, writeRequest({ line: "GET /caf%C3%A9 HTTP/1.1" }), 101),
  },
  {
    kind: "10",
    name: "an absolute target that differs from Host by the default port",
    adapters: ["tcp", "http"],
    run: (target) =>
      answers(
        target,
        writeRequest({ line: "GET http://host:80/echo HTTP/1.1", fields: { Host: "host" } }),
        101,
      ),
  },
  stalls("/:y-:m-:d", `/${"-".repeat(3_500)}/`),
  stalls("/*-*-*/end", `/${"-".repeat(3_500)}`),
  stalls("/:a-:b", `/${"-".repeat(3_500)}/`),
  ...["async refuses", "text"].map((origins): HostileCase => ({
    kind: "13",
    name: `another origin, where allowedOrigins is a function that ${origins}`,
    adapters: OURS,
    isQuick: true,
    options: { origins },
    async run(target) {
      const request = writeRequest({
        line: "GET /echo HTTP/1.1",
        fields: { Origin: "http://evil.example" },
      });
      const status = await statusOf(target, request);
      return outcome(status >= 400, `${status}`);
    },
  })),
  {
    kind: "21",
    name: "a malformed Host",
    adapters: OURS,
    isQuick: true,
    options: { maxPendingUpgrades: 1 },
    async run(target) {
      const status = await statusOf(
        target,
        writeRequest({ line: "GET /echo HTTP/1.1", fields: { Host: "a b^:x" } }),
      );
      const next = await statusOf(target, writeRequest({ line: "GET /echo HTTP/1.1" }));
      return outcome(status === 400 && next === 101, `${status}, the next ${next}`);
    },
  },
];
