/**
 * Servers that mean no good, and our clients.
 *
 * @module
 */
import { type AddressInfo, createServer } from "node:net";
import { deflateRawSync } from "node:zlib";
import { concat } from "../../helpers/bits.ts";
import { BINARY, frame, PING, TEXT } from "../../conformance/own/frame.ts";
import { type HostileCase, type Outcome, outcome, pause, until } from "../case.ts";
import { Peer } from "../peer.ts";
import type { Target } from "../target.ts";

const MIB = 1_048_576;
const CLIENTS = ["client", "client duplex"] as const;
const IMPATIENT = { pingIntervalMs: 250, pongTimeoutMs: 250, closeTimeoutMs: 500 };
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; " +
  "server_no_context_takeover\r\n";
const UNREAD = frame({ opcode: BINARY, payload: new Uint8Array(60_000) }, "server");
const MOST_MS = 150;

/** Lets clients under test connect, each with a handler of this name; gives the servers' ends. */
async function serve(
  target: Target,
  count: number,
  handler: string,
  lines?: string,
): Promise<Peer[]> {
  const peers: Peer[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = new Peer(socket);
    peers.push(peer);
    void peer.accept(lines);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await target.connect((server.address() as AddressInfo).port, count, handler);
  server.close();
  return peers;
}

async function judgeEnd(target: Target, peers: readonly Peer[]): Promise<Outcome> {
  const { connections, opened, closed } = await target.settled(4_000);
  peers.forEach((peer) => peer.drop());
  return outcome(
    connections === 0,
    `${connections} of ${opened} stay, ${opened - closed} not told`,
  );
}

function repeat(part: Uint8Array, bytes: number): Uint8Array {
  return concat(Array.from({ length: Math.floor(bytes / part.length) }, () => part));
}

function deflated(payload: Uint8Array, opcode: number): Uint8Array {
  const whole = deflateRawSync(payload, { finishFlush: 2 });
  return frame({ opcode, payload: whole.subarray(0, -4), rsv: "100" }, "server");
}

interface Flood {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  readonly lines?: string;
}

function flood({ name, bytes, lines }: Flood): HostileCase {
  const isDeflated = lines !== undefined;
  return {
    kind: "16",
    name: `a server that ${name}`,
    adapters: isDeflated ? ["client"] : CLIENTS,
    options: isDeflated ? { compression: true } : {},
    async run(target) {
      const [peer] = await serve(target, 1, "sink", lines);
      await target.measure();
      await peer!.flood(bytes(), 1_000);
      const { stallMs } = await target.measure();
      peer!.drop();
      return outcome(
        stallMs < MOST_MS * target.slack,
        `the client's loop stands ${Math.round(stallMs)} ms`,
        {
          stallMs,
        },
      );
    },
  };
}

/** All of them. */
export const CLIENT: readonly HostileCase[] = [
  {
    kind: "2",
    name: "a server that sends 600 KB to one that only sends, and resets",
    adapters: CLIENTS,
    isQuick: true,
    options: IMPATIENT,
    async run(target) {
      const peers = await serve(target, 20, "sender");
      for (const peer of peers) for (let i = 0; i < 10; i++) peer.write(UNREAD);
      await pause(500);
      peers.forEach((peer) => peer.reset());
      return await judgeEnd(target, peers);
    },
  },
  {
    kind: "15",
    name: "a server that floods an echo and reads nothing",
    adapters: CLIENTS,
    options: IMPATIENT,
    async run(target) {
      const peers = await serve(target, 20, "echo");
      peers.forEach((peer) => peer.stopReading());
      await Promise.all(peers.map((peer) => peer.flood(UNREAD, 1_000, 16 * MIB)));
      return await judgeEnd(target, peers);
    },
  },
  {
    kind: "3",
    name: "a server that takes 12 MiB at 8 MiB/s, at ping and pong timeouts of 250 ms",
    adapters: CLIENTS,
    options: { pingIntervalMs: 250, pongTimeoutMs: 250 },
    async run(target) {
      const [peer] = await serve(target, 1, "bulk");
      const stop = peer!.readAt(8 * MIB);
      await until(() => peer!.isEnded || peer!.receivedBytes >= 12 * MIB, 6_000);
      stop();
      peer!.drop();
      const share = Math.min(100, Math.round(peer!.receivedBytes / (12 * MIB) * 100));
      return outcome(share === 100, `${share} % came`);
    },
  },
  flood({
    name: "floods with messages of 1 byte",
    bytes: () => repeat(frame({ opcode: TEXT, payload: "a" }, "server"), MIB),
  }),
  flood({
    name: "floods with pings",
    bytes: () => repeat(frame({ opcode: PING, payload: "a" }, "server"), MIB),
  }),
  flood({
    name: "floods with compressed messages of 9 bytes",
    bytes: () => repeat(deflated(new TextEncoder().encode("a"), TEXT), MIB),
    lines: DEFLATE,
  }),
  flood({
    name: "floods with messages of 1 KiB that inflate to 1 MiB",
    bytes: () => repeat(deflated(new Uint8Array(MIB), BINARY), MIB),
    lines: DEFLATE,
  }),
  {
    kind: "17",
    name: "a server whose empty messages wait for a handler that is at work",
    adapters: CLIENTS,
    async run(target) {
      const peers = await serve(target, 100, "stuck");
      const before = await target.collect();
      const bytes = repeat(frame({ opcode: BINARY }, "server"), 80_000);
      await Promise.all(peers.map((peer) => peer.flood(bytes, 4_000, bytes.length)));
      await pause(500);
      const { rss } = await target.collect();
      peers.forEach((peer) => peer.drop());
      const bytesPerPeer = Math.max(0, rss - before.rss) / peers.length;
      return outcome(bytesPerPeer < 520 * 1_024, `${Math.round(bytesPerPeer / 1_024)} KiB a peer`, {
        bytesPerPeer,
      });
    },
  },
];
