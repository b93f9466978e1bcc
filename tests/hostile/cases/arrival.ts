/**
 * Peers that die or idle before they are a connection.
 *
 * @module
 */
import { FRAMED, type HostileCase, type Outcome, outcome, pause, SERVERS, until } from "../case.ts";
import { Peer } from "../peer.ts";
import type { Target } from "../target.ts";

const DEAD = 20;

/** Sends requests, leaves while the application thinks, and looks for what is left. */
async function dieEarly(
  target: Target,
  path: string,
  leave: (peer: Peer) => void,
): Promise<Outcome> {
  for (let i = 0; i < DEAD; i++) {
    const peer = await Peer.connect(target.port);
    peer.request({ path });
    setTimeout(() => leave(peer), 40);
  }
  await pause(800);
  const { connections, opened, closed } = await target.settled(1_500);
  const ms = await target.close(200 * target.slack);
  const isGood = connections === 0 && opened === closed && ms !== null;
  const ended = ms === null ? "close() never ends" : `close() took ${Math.round(ms)} ms`;
  return outcome(isGood, `${connections} of ${DEAD} stay, ${opened - closed} not told, ${ended}`);
}

/** Bytes of a TLS ClientHello's record, cut in the middle. */
const HALF_RECORD = Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 7, 7, 7, 7, 7, 7);

async function neverShake(target: Target, bytes: Uint8Array): Promise<Outcome> {
  const before = target.countFiles();
  const peers: Peer[] = [];
  for (let i = 0; i < 300; i++) {
    const peer = await Peer.connect(target.port);
    if (bytes.length > 0) peer.write(bytes);
    peers.push(peer);
  }
  await pause(300);
  const early = target.countFiles() - before;
  await until(() => target.countFiles() - before <= 5, 2_500);
  const late = target.countFiles() - before;
  peers.forEach((peer) => peer.drop());
  return outcome(late <= 5 && early <= 110, `${early} files at once, ${late} after the deadline`);
}

/**
 * Those that are open, 128 that were refused and are waited for, and files of the runtime's own.
 */
const MOST_FILES = 170;

/** 300 sockets, at a cap of 100 and a deadline of a second. */
const TLS = { handshakeTimeoutMs: 1_000, maxPendingUpgrades: 100 };

/**
 * `Deno.TlsConn.close()` keeps the file while the handshake is unfinished, and Deno has no other
 * TLS that pauses.
 */
const DENO_TLS = { "deno tls": "Deno 2.9.6 keeps the file until the peer goes" };

/** All of them. */
export const ARRIVAL: readonly HostileCase[] = [
  {
    kind: "1",
    name: "resets while the application thinks, before its socket is handed over",
    adapters: ["node", "duplex", "native"],
    isQuick: true,
    options: { thinkMs: 150 },
    run: (target) => dieEarly(target, "/echo", (peer) => peer.reset()),
  },
  {
    kind: "1",
    name: "closes while the application thinks, before its socket is handed over",
    adapters: ["node", "duplex", "native"],
    options: { thinkMs: 150 },
    run: (target) => dieEarly(target, "/echo", (peer) => peer.drop()),
  },
  {
    kind: "1",
    name: "resets while the producer thinks",
    adapters: ["tcp", "http", "node", "duplex", "native"],
    isQuick: true,
    run: (target) => dieEarly(target, "/echo?wait=150", (peer) => peer.reset()),
  },
  {
    kind: "11",
    name: "300 TLS handshakes that say nothing",
    adapters: ["tls"],
    known: DENO_TLS,
    options: TLS,
    run: (target) => neverShake(target, new Uint8Array(0)),
  },
  {
    kind: "11",
    name: "300 TLS handshakes that stop within a record",
    adapters: ["tls"],
    known: DENO_TLS,
    options: TLS,
    run: (target) => neverShake(target, HALF_RECORD),
  },
  {
    kind: "11",
    name: "connects and resets, 200 times",
    adapters: ["tcp", "http", "tls"],
    isQuick: true,
    async run(target) {
      await target.whileStopped(() =>
        Promise.all(Array.from({ length: 200 }, () => Peer.connectAndReset(target.port)))
      );
      const start = performance.now();
      const fresh = await Peer.connect(target.port);
      if (target.program.adapter === "tls") fresh.write("no TLS");
      else fresh.request({});
      const isAnswered = await until(() => fresh.receivedBytes > 0 || fresh.isEnded, 25_000);
      const ms = performance.now() - start;
      fresh.drop();
      return outcome(
        isAnswered && ms < 1_000 * target.slack,
        `the next waits ${Math.round(ms)} ms`,
        {
          stallMs: ms,
        },
      );
    },
  },
  {
    kind: "14",
    name: "is refused and goes on sending",
    adapters: FRAMED,
    async run(target) {
      const refused = Array.from({ length: 4 }, async () => {
        const peer = await Peer.connect(target.port);
        peer.request({ path: "/nowhere" });
        return await peer.flood(new Uint8Array(65_536), 2_000);
      });
      const before = await target.measure();
      const sent = (await Promise.all(refused)).reduce((sum, bytes) => sum + bytes, 0);
      const after = await target.measure();
      const cpu = Math.round(after.cpuMs - before.cpuMs), mib = Math.round(sent / 1_048_576);
      return outcome(cpu < 400, `${mib} MiB sent in 2 s, ${cpu} ms of processor`);
    },
  },
  {
    kind: "14",
    name: "1,500 connections at maxConnections 20",
    adapters: SERVERS,
    options: { maxConnections: 20 },
    async run(target) {
      const before = target.countFiles();
      const peers: Peer[] = [];
      for (let i = 0; i < 1_500; i++) {
        const peer = new Peer(target.port);
        peer.request({});
        peers.push(peer);
        if (i % 50 === 49) await pause(10);
      }
      await pause(1_000);
      await until(() => target.countFiles() - before <= MOST_FILES, 1_000);
      const files = target.countFiles() - before;
      peers.forEach((peer) => peer.drop());
      return outcome(files <= MOST_FILES, `${files} files a second later`);
    },
  },
  {
    kind: "14",
    name: "250 silent connections, always renewed, at maxPendingUpgrades 200",
    adapters: SERVERS,
    options: { maxPendingUpgrades: 200 },
    async run(target) {
      const silent: Peer[] = [];
      const renew = (): void => {
        for (let i = 0; i < 5; i++) silent.push(new Peer(target.port));
        while (silent.length > 250) silent.shift()!.drop();
      };
      for (let i = 0; i < 50; i++) renew();
      await pause(300);
      const timer = setInterval(renew, 50);
      const { honest } = await target.withHonest("connect", () => pause(1_500));
      clearInterval(timer);
      silent.forEach((peer) => peer.drop());
      const { answers, failures } = honest;
      return outcome(failures === 0 && answers > 5, `honest: ${answers} in, ${failures} refused`);
    },
  },
];
