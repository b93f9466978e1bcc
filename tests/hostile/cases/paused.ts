/**
 * Peers that are held back, and use it.
 *
 * @module
 */
import { FRAMED, type HostileCase, type Outcome, outcome, pause } from "../case.ts";
import { Peer } from "../peer.ts";
import type { Target } from "../target.ts";
import { BINARY, frame } from "../../conformance/own/frame.ts";

const PEERS = 20;
const MIB = 1_048_576;
/** 600 KB that nobody reads. */
const UNREAD = frame({ opcode: BINARY, payload: new Uint8Array(60_000) }, "client");
/** Silence is over after half a second. */
const IMPATIENT = { pingIntervalMs: 250, pongTimeoutMs: 250, closeTimeoutMs: 500 };

type Leave = (peer: Peer) => void;

const LEAVES: Readonly<Record<string, Leave>> = {
  closes: (peer) => peer.drop(),
  ends: (peer) => {
    peer.stopReading();
    peer.end();
  },
  resets: (peer) => peer.reset(),
};

async function leaveUnread(target: Target, path: string, leave: Leave): Promise<Outcome> {
  const peers = await Peer.openMany(target.port, PEERS, { path });
  for (const peer of peers) for (let i = 0; i < 10; i++) peer.write(UNREAD);
  await pause(500);
  peers.forEach(leave);
  const { connections, opened, closed } = await target.settled(4_000);
  peers.forEach((peer) => peer.drop());
  return outcome(
    connections === 0 && opened === closed,
    `${connections} of ${PEERS} stay, ${opened - closed} not told`,
  );
}

/** Floods an echo and reads none of it; then leaves, or stays. */
async function floodUnread(target: Target, leave: Leave | null): Promise<Outcome> {
  const before = await target.collect();
  const peers = await Peer.openMany(target.port, PEERS, { path: "/echo" });
  peers.forEach((peer) => peer.stopReading());
  await Promise.all(peers.map((peer) => peer.flood(UNREAD, 1_000, 16 * MIB)));
  const during = await target.measure();
  if (leave !== null) peers.forEach(leave);
  const { connections, opened, closed } = await target.settled(4_000);
  peers.forEach((peer) => peer.drop());
  return outcome(
    connections === 0 && opened === closed,
    `${connections} of ${PEERS} stay, ${opened - closed} not told`,
    { bytesPerPeer: Math.max(0, during.rss - before.rss) / PEERS },
  );
}

/** All of them. */
export const PAUSED: readonly HostileCase[] = [
  ...Object.entries(LEAVES).map(([how, leave]): HostileCase => ({
    kind: "2",
    name: `sends 600 KB to one that only sends, and ${how}`,
    adapters: ["tcp", "http", "node", "duplex", "native"],
    isQuick: how === "resets",
    options: IMPATIENT,
    run: (target) => leaveUnread(target, "/sender", leave),
  })),
  ...Object.entries(LEAVES).filter(([how]) => how !== "ends").map(([how, leave]): HostileCase => ({
    kind: "2",
    name: `sends 600 KB to one that neither reads nor sends, and ${how}`,
    adapters: ["tcp", "http", "node", "duplex"],
    options: IMPATIENT,
    run: (target) => leaveUnread(target, "/idle", leave),
  })),
  {
    kind: "15",
    name: "floods an echo, reads nothing and stays",
    adapters: FRAMED,
    isQuick: true,
    options: IMPATIENT,
    run: (target) => floodUnread(target, null),
  },
  ...Object.entries(LEAVES).filter(([how]) => how !== "ends").map(([how, leave]): HostileCase => ({
    kind: "15",
    name: `floods an echo, reads nothing and ${how}`,
    adapters: FRAMED,
    options: IMPATIENT,
    run: (target) => floodUnread(target, leave),
  })),
];
