/**
 * Peers that are much work.
 *
 * @module
 */
import { deflateRawSync } from "node:zlib";
import { concat } from "../../helpers/bits.ts";
import { BINARY, frame, PING, TEXT } from "../../conformance/own/frame.ts";
import { FRAMED, type HostileCase, type Outcome, outcome, pause } from "../case.ts";
import type { Target } from "../target.ts";
import { Peer } from "../peer.ts";
import type { Experience } from "../honest.ts";
import type { Measured } from "../subject/control.ts";

const MIB = 1_048_576;
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; " +
  "server_no_context_takeover";
/** The longest that others may wait; far above what a busy machine adds. */
const MOST_MS = 150;

function repeat(part: Uint8Array, bytes: number): Uint8Array {
  return concat(Array.from({ length: Math.floor(bytes / part.length) }, () => part));
}

/** A compressed message, by RFC 7692 section 7.2.1 without its last four bytes. */
function deflated(payload: Uint8Array, opcode: number): Uint8Array {
  const whole = deflateRawSync(payload, { finishFlush: 2 });
  return frame({ opcode, payload: whole.subarray(0, -4), rsv: "100" }, "client");
}

function judge(target: Target, honest: Experience, after: Measured): Outcome {
  const stallMs = Math.max(honest.worstMs, after.stallMs);
  const isGood = stallMs < MOST_MS * target.slack && honest.failures === 0;
  return outcome(
    isGood,
    `others wait ${Math.round(honest.worstMs)} ms, the loop stands ${Math.round(after.stallMs)}`,
    { stallMs },
  );
}

interface Burst {
  readonly kind?: string;
  readonly name: string;
  readonly bytes: () => Uint8Array;
  readonly isDeflated?: boolean;
}

/** One peer sends it all in one go, to a handler that takes all. */
function burst({ name, bytes, isDeflated = false }: Burst): HostileCase {
  return {
    kind: "16",
    name,
    adapters: isDeflated ? FRAMED.filter((adapter) => adapter !== "duplex") : FRAMED,
    isQuick: true,
    options: isDeflated ? { compression: true } : {},
    async run(target) {
      const whole = bytes();
      const peer = await Peer.open(target.port, {
        path: "/sink",
        lines: isDeflated ? [DEFLATE] : [],
      });
      await target.measure();
      const { result: during, honest } = await target.withHonest("echo", async () => {
        await peer.flood(whole, 3_000, whole.length);
        await pause(700);
        return await target.measure(); // answered when there is a turn
      });
      peer.drop();
      const after = await target.measure();
      return judge(target, honest, { ...after, stallMs: Math.max(during.stallMs, after.stallMs) });
    },
  };
}

/** Peers that go on for a second. */
function flood(name: string, count: number, part: () => Uint8Array, path: string): HostileCase {
  return {
    kind: "16",
    name,
    adapters: FRAMED,
    async run(target) {
      const peers = await Peer.openMany(target.port, count, { path });
      const bytes = part();
      await target.measure();
      const { honest } = await target.withHonest(
        "echo",
        () => Promise.all(peers.map((peer) => peer.flood(bytes, 1_500))),
      );
      peers.forEach((peer) => peer.drop());
      return judge(target, honest, await target.measure());
    },
  };
}

/** All of them. */
export const LOAD: readonly HostileCase[] = [
  burst({
    name: "2 MiB of compressed messages of 9 bytes in one go",
    bytes: () => repeat(deflated(new TextEncoder().encode("a"), TEXT), 2 * MIB),
    isDeflated: true,
  }),
  burst({
    name: "2 MiB of messages of 1 KiB that inflate to 1 MiB each",
    bytes: () => repeat(deflated(new Uint8Array(MIB), BINARY), 2 * MIB),
    isDeflated: true,
  }),
  flood(
    "one floods with messages of 1 byte",
    1,
    () => repeat(frame({ opcode: TEXT, payload: "a" }, "client"), MIB),
    "/sink",
  ),
  flood(
    "one floods an echo with messages of 1 byte and reads it",
    1,
    () => repeat(frame({ opcode: TEXT, payload: "a" }, "client"), MIB),
    "/echo",
  ),
  flood(
    "200 flood with pings",
    200,
    () => repeat(frame({ opcode: PING, payload: "a" }, "client"), 64 * 1024),
    "/sink",
  ),
];
