/**
 * Honest peers on slow lines, and those who only look like one.
 *
 * @module
 */
import { FRAMED, type HostileCase, outcome, pause, until } from "../case.ts";
import { Peer } from "../peer.ts";

const MIB = 1_048_576;
const TOTAL = 12 * MIB;

/** All of them. */
export const PROGRESS: readonly HostileCase[] = [
  {
    kind: "3",
    name: "takes 12 MiB at 8 MiB/s without a stop, at ping and pong timeouts of 250 ms",
    adapters: FRAMED.filter((name) => name !== "other"),
    isQuick: true,
    options: { pingIntervalMs: 250, pongTimeoutMs: 250 },
    async run(target) {
      const peer = await Peer.open(target.port, { path: "/bulk" });
      const stop = peer.readAt(8 * MIB);
      await until(() => peer.isEnded || peer.receivedBytes >= TOTAL, 6_000 * target.slack);
      stop();
      peer.drop();
      const share = Math.round(peer.receivedBytes / TOTAL * 100);
      const { ends } = await target.measure();
      return outcome(
        share >= 100,
        `${Math.min(share, 100)} % came${ends[0] ? `, ${ends[0]}` : ""}`,
      );
    },
  },
  {
    kind: "3",
    name: "takes what was sent before close(), for longer than closeTimeoutMs",
    adapters: FRAMED.filter((name) => name !== "other"),
    options: { closeTimeoutMs: 300 },
    async run(target) {
      const peer = await Peer.open(target.port, { path: "/bulk" });
      peer.stopReading();
      await pause(300);
      const stop = peer.readAt(4 * MIB);
      await until(() => peer.isEnded || peer.receivedBytes >= TOTAL, 8_000);
      stop();
      peer.drop();
      const share = Math.round(peer.receivedBytes / TOTAL * 100);
      return outcome(share >= 100, `${Math.min(share, 100)} % came`);
    },
  },
  {
    kind: "3",
    name: "takes one byte every 50 ms",
    adapters: FRAMED.filter((name) => name !== "other"),
    options: { pingIntervalMs: 250, pongTimeoutMs: 250, closeTimeoutMs: 300 },
    async run(target) {
      const peer = await Peer.open(target.port, { path: "/bulk" });
      peer.stopReading();
      const timer = setInterval(() => peer.socket.read(1), 50);
      const isGone = await until(async () => (await target.measure()).connections === 0, 8_000);
      clearInterval(timer);
      peer.drop();
      return outcome(isGone, isGone ? "is cut" : "stays for 8 s");
    },
  },
];
