/**
 * A message of 1 GiB of zeros, which is 1 MiB on the wire, and its effect on a server. Linux only:
 * memory is read from `/proc`.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { constants, deflateRawSync } from "node:zlib";
import { type Command, startServer } from "../lib/process.ts";
import { writeUpgradeRequest } from "../lib/upgrade_request.ts";
import { readRss } from "./server.ts";

const MIB = 1024 * 1024;
const BOMB_BYTES = 1024 * MIB;
const PART_BYTES = 64 * MIB;
/** One row is several bombs, since the first also loads what inflates. */
const ROUNDS = 5;
const SETTLE_MS = 1_500;
const PATIENCE_MS = 60_000;

/** The effect of the bombs on a server. */
export interface Bombed {
  /** MiB before the first. */
  readonly idle: number;
  /** The most MiB while the first, and while all of them, came. */
  readonly peakOfFirst: number;
  readonly peak: number;
  /** The close code of each, once. */
  readonly codes: readonly number[];
  /** From the last byte sent to the Close of the slowest. */
  readonly ms: number;
}

/** A frame with the bomb, masked with zeros: made once, and the same zeros again and again. */
export function makeBomb(): Uint8Array {
  const finishFlush = constants.Z_SYNC_FLUSH;
  const part = deflateRawSync(new Uint8Array(PART_BYTES), { level: 9, finishFlush });
  const count = BOMB_BYTES / PART_BYTES, length = part.length * count;
  const frame = new Uint8Array(14 + length);
  frame.set([0xc2, 0xff]); // a whole binary message with RSV1, masked
  new DataView(frame.buffer).setBigUint64(2, BigInt(length));
  for (let at = 14; at < frame.length; at += part.length) frame.set(part, at);
  return frame;
}

/** Starts a server, sends it bombs, one connection after the other, and ends it. */
export async function measureBombs(command: Command, bomb: Uint8Array): Promise<Bombed> {
  const server = await startServer(command);
  try {
    const port = Number(new URL(server.url).port);
    await throwAt(port, Uint8Array.of(0x88, 0x80, 0, 0, 0, 0)); // an ordinary end, to warm up
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const idle = readRss(server.pid), peaks: number[] = [], codes = new Set<number>();
    let slowest = 0;
    writeFileSync(`/proc/${server.pid}/clear_refs`, "5"); // the peak so far is forgotten
    for (let round = 0; round < ROUNDS; round++) {
      const { code, ms } = await throwAt(port, bomb);
      codes.add(code);
      slowest = Math.max(slowest, ms);
      peaks.push(readPeak(server.pid));
    }
    return { idle, peakOfFirst: peaks[0]!, peak: peaks.at(-1)!, codes: [...codes], ms: slowest };
  } finally {
    const errors = await server.stop();
    if (errors.trim() !== "") console.error(errors.slice(0, 2_000));
  }
}

/** The most resident memory of a process since `clear_refs`, in MiB. */
function readPeak(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? NaN) / 1024;
}

/**
 * Opens a connection that compresses, sends a frame, and gives the code of the Close that answers.
 */
function throwAt(port: number, frame: Uint8Array): Promise<{ code: number; ms: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const timer = setTimeout(() => reject(new Error("no Close came")), PATIENCE_MS);
    let received: Uint8Array = new Uint8Array(0), sentAt = NaN;
    socket.on("error", () => {}); // a server may reset what it does not want
    socket.on("close", () => {
      clearTimeout(timer);
      const isClose = received[0] === 0x88;
      const code = isClose && received.length >= 4 ? received[2]! * 256 + received[3]! : NaN;
      resolve({ code, ms: performance.now() - sentAt });
    });
    socket.on("data", (chunk) => {
      received = new Uint8Array([...received, ...chunk]);
      if (!Number.isNaN(sentAt)) return void (received[0] === 0x88 && socket.end());
      const head = new TextDecoder("latin1").decode(received), end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      if (!head.includes("permessage-deflate")) reject(new Error(`no compression: ${head}`));
      received = received.subarray(end + 4);
      sentAt = performance.now();
      socket.write(frame);
    });
    const fields = ["Sec-WebSocket-Extensions: permessage-deflate"];
    socket.write(writeUpgradeRequest({ host: `127.0.0.1:${port}`, fields }));
  });
}
