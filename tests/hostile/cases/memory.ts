/**
 * Peers that are cheap for themselves and hold much of ours.
 *
 * @module
 */
import { bits, concat } from "../../helpers/bits.ts";
import { BINARY, CONTINUATION, frame, TEXT } from "../../conformance/own/frame.ts";
import { FRAMED, type HostileCase, outcome, pause } from "../case.ts";
import { Peer } from "../peer.ts";

const KIB = 1_024;
const PEERS = 200;

interface Hoard {
  readonly name: string;
  readonly path: string;
  readonly bytes: () => Uint8Array;
  /** Most that one of them may hold. */
  readonly most: number;
  readonly isQuick?: boolean;
  readonly adapters?: HostileCase["adapters"];
}

function hoard(
  { name, path, bytes, most, isQuick = false, adapters = FRAMED }: Hoard,
): HostileCase {
  return {
    kind: "17",
    name,
    adapters,
    isQuick,
    async run(target) {
      const whole = bytes();
      const peers = await Peer.openMany(target.port, PEERS, { path });
      const before = await target.collect();
      await Promise.all(peers.map((peer) => peer.flood(whole, 4_000, whole.length)));
      await pause(500);
      const { rss, connections } = await target.collect();
      peers.forEach((peer) => peer.drop());
      const bytesPerPeer = Math.max(rss - before.rss, 0) / PEERS;
      const saw = `${Math.round(bytesPerPeer / KIB)} KiB a peer, ${connections} open`;
      return outcome(bytesPerPeer <= most, saw, { bytesPerPeer });
    },
  };
}

function repeat(part: Uint8Array, count: number): Uint8Array {
  return concat(Array.from({ length: count }, () => part));
}

/** All of them. */
export const MEMORY: readonly HostileCase[] = [
  hoard({
    name: "empty messages wait for a handler that is at work",
    path: "/stuck",
    bytes: () => repeat(frame({ opcode: BINARY }, "client"), 40_000),
    most: 450 * KIB,
    isQuick: true,
  }),
  hoard({
    name: "messages of 1 byte wait for a session that does not read",
    path: "/idle",
    bytes: () => repeat(frame({ opcode: BINARY, payload: "a" }, "client"), 40_000),
    most: 450 * KIB,
  }),
  hoard({
    name: "fragments of 1 byte to a slow readStream()",
    path: "/stream",
    bytes: () =>
      concat([
        frame({ opcode: TEXT, payload: "a", fin: false }, "client"),
        repeat(frame({ opcode: CONTINUATION, payload: "a", fin: false }, "client"), 80_000),
      ]),
    most: 450 * KIB,
    adapters: FRAMED.filter((name) => name !== "other"),
  }),
  hoard({
    name: "1 byte of a message of 1 MiB",
    path: "/echo",
    bytes: () =>
      concat([bits("1 000 0010 m 1111111 +0000000000100000", "client"), Uint8Array.of(7)]),
    most: 60 * KIB,
  }),
];
