/**
 * Ordinary HTTP on the port of a server, in ways that are not ordinary.
 *
 * @module
 */
import { type HostileCase, outcome, pause, until } from "../case.ts";
import { Peer } from "../peer.ts";
import { writeRequest } from "../../conformance/own/request_cases.ts";

const GET = "GET / HTTP/1.1\r\nHost: host\r\n\r\n";
const SLOW = "GET /slow HTTP/1.1\r\nHost: host\r\n\r\n";

/** All of them. */
export const HTTP: readonly HostileCase[] = [
  {
    kind: "18",
    name: "pipelines requests behind a slow answer for 2 s",
    adapters: ["http", "other"],
    async run(target) {
      const before = await target.collect();
      const peer = await Peer.connect(target.port);
      peer.write(SLOW);
      await peer.flood(new TextEncoder().encode(GET.repeat(500)), 2_000);
      const after = await target.measure();
      peer.drop();
      const bytesPerPeer = Math.max(0, after.rss - before.rss);
      const { fetches } = after;
      return outcome(
        fetches <= 200 && bytesPerPeer < 64 * 1_048_576,
        `${fetches} calls of fetch`,
        { bytesPerPeer },
      );
    },
  },
  {
    kind: "18",
    name: "stops in the middle of a body",
    adapters: ["http"],
    options: { handshakeTimeoutMs: 500 },
    async run(target) {
      const peer = await Peer.connect(target.port);
      peer.write("POST /body HTTP/1.1\r\nHost: host\r\nContent-Length: 1000\r\n\r\nhalf");
      const isCut = await peer.endsWithin(15_000);
      peer.drop();
      return outcome(isCut, isCut ? "is cut" : "stays for 15 s");
    },
  },
  {
    kind: "18",
    name: "an upgrade pipelined behind a slow request",
    adapters: ["http"],
    async run(target) {
      const peer = await Peer.connect(target.port);
      peer.request({ path: "/", keeps: true });
      peer.drop();
      const both = await Peer.connect(target.port);
      let came = "";
      both.socket.on("data", (chunk) => came += chunk.toString("latin1"));
      both.write(SLOW + writeRequest({ line: "GET /echo HTTP/1.1" }));
      await until(
        () => both.isEnded || /101[^]*HTTP\/1\.1 200|HTTP\/1\.1 200[^]*101/.test(came),
        5_000,
      );
      await pause(100);
      both.drop();
      const first = came.indexOf("101"), second = came.indexOf("HTTP/1.1 200");
      const isMixed = first >= 0 && second > first;
      return outcome(!isMixed, isMixed ? "200 after the 101" : came.slice(9, 12) || "cut");
    },
  },
];
