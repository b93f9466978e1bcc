/**
 * The clients of `mixed.ts`. Honest ones have a pattern of their own and compare every byte; beside
 * them others come and go, do not read, send bombs and garbage. On SIGTERM-like input (a line on
 * stdin) all stop, and the figures are printed.
 *
 *     mixed_clients.ts URLS CONNECTIONS
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { constants, deflateRawSync } from "node:zlib";
import { connect, type ConnectOptions, type Message, type WebSocketConnection } from "../../mod.ts";
import { fillPattern, makeRandom } from "../../tests/helpers/byte_pattern.ts";
import { TLS_FILES } from "../interop/peers.ts";
import { writeUpgradeRequest } from "../lib/upgrade_request.ts";

const urls: readonly string[] = JSON.parse(process.argv[2] ?? "[]");
const CONNECTIONS = Number(process.argv[3] ?? 32);
const PATHS = ["fed", "session", "streams", "late"] as const;
/** The default 10 s were not enough on a machine that ran six such processes on two cores. */
const DIALING: ConnectOptions = {
  handshakeTimeoutMs: 40_000,
  tls: { ca: readFileSync(TLS_FILES.ca, "utf8"), serverName: "localhost" },
};
/** Of one honest connection: reconnects after so many messages at most. */
const MOST_MESSAGES = 60;
const MOST_BYTES = 200_000;

const counts = {
  messages: 0,
  mebibytes: 0,
  connections: 0,
  aborts: 0,
  transfers: 0,
  kept: 0,
  churned: 0,
  deaf: 0,
  bombs: 0,
  garbage: 0,
};
const faults: string[] = [];
let isDone = false;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The bytes of one message of one connection: no other message has them. */
function patternOf(id: number, number: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  fillPattern(bytes, 0, length, id * 1_009 + number * 31);
  new DataView(bytes.buffer).setUint32(0, id);
  new DataView(bytes.buffer).setUint32(4, number);
  return bytes;
}

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

function check(id: number, what: string, got: Message | null, expected: Message): void {
  const isSame = typeof got === "string" || typeof expected === "string" || got === null
    ? got === expected
    : Buffer.compare(got, expected) === 0;
  if (isSame) return;
  const size = got === null ? "the end" : `${typeof got} of ${got.length}`;
  if (faults.length < 10) faults.push(`connection ${id}: ${what}: ${size} for ${expected.length}`);
}

/** One honest client: opens connections, one after the other, and compares all that comes. */
async function honest(id: number): Promise<void> {
  const random = makeRandom(id), below = (bound: number) => Math.floor(random() * bound);
  for (let round = 0; !isDone; round++) {
    const url = new URL(PATHS[(id + round) % PATHS.length]!, urls[id % urls.length]);
    const options: ConnectOptions = { ...DIALING, compression: true };
    let connection: WebSocketConnection;
    try {
      connection = await connect(url, options);
    } catch (error) {
      faults.push(`connection ${id}: ${error}`);
      return;
    }
    counts.connections++;
    const kept: [Message, number, number, boolean][] = [];
    const last = 1 + below(MOST_MESSAGES);
    try {
      for (let number = round * 1_000; number < round * 1_000 + last && !isDone; number++) {
        const length = 8 + (below(10) === 0 ? below(MOST_BYTES) : below(3_000));
        const bytes = patternOf(id, number, length), isText = below(2) === 0;
        const expected: Message = isText ? toText(bytes) : bytes.slice();
        const way = below(4);
        if (way === 0 && !isText) {
          const third = Math.ceil(length / 3);
          await connection.send(
            (async function* () {
              for (let at = 0; at < length; at += third) {
                yield bytes.subarray(at, at + third);
                if (below(3) === 0) await pause(1);
              }
            })(),
          );
        } else {
          void connection.send(isText ? expected : bytes);
          bytes.fill(0xff); // it was taken
        }
        if (below(8) === 0) await pause(below(30)); // a stall
        if (below(200) === 0) {
          counts.aborts++;
          connection.abort();
          break;
        }
        const got = await connection.read();
        if (got === null) {
          const { code, initiator, cause } = await connection.closed;
          faults.push(
            `connection ${id}: ended in message ${number}: ${code} ${initiator} ${cause}`,
          );
          break;
        }
        check(id, `message ${number}`, got, expected);
        counts.messages++;
        counts.mebibytes += length / (1 << 20);
        // Small messages may share a buffer on Deno; see docs/messages.md.
        const isAlone = got instanceof Uint8Array && got.length === got.buffer.byteLength;
        if (isAlone && below(4) === 0 && got.buffer instanceof ArrayBuffer) {
          structuredClone(got.buffer, { transfer: [got.buffer] });
          counts.transfers++;
        } else if (below(20) === 0) kept.push([got, number, length, isText]);
      }
      for (const [message, number, length, isText] of kept) {
        const bytes = patternOf(id, number, length);
        check(id, `kept message ${number}`, message, isText ? toText(bytes) : bytes);
        counts.kept++;
      }
      await connection.close();
    } catch (error) {
      faults.push(`connection ${id}: ${error}`);
    }
  }
}

/** Comes and goes. */
async function churn(id: number): Promise<void> {
  for (let round = 0; !isDone; round++) {
    const url = new URL(PATHS[round % 2]!, urls[(id + round) % urls.length]);
    try {
      const connection = await connect(url, DIALING);
      await connection.send("hi");
      if (round % 3 === 0) connection.abort();
      else await connection.close();
      counts.churned++;
    } catch (error) {
      faults.push(`churn: ${error}`);
      return;
    }
  }
}

const REQUEST = writeUpgradeRequest({
  path: "/fed",
  fields: ["Sec-WebSocket-Extensions: permessage-deflate"],
});

/** A peer that speaks bytes: sends them, and is gone after a while. */
async function raw(url: string, bytes: Uint8Array, ms: number, isDeaf = false): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connectSocket(Number(port), hostname);
  socket.on("error", () => {});
  if (!isDeaf) socket.resume();
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.write(bytes);
  await Promise.race([closed, pause(ms)]);
  socket.destroy();
}

function frame(first: number, payload: Uint8Array): Uint8Array {
  const header = Buffer.alloc(14);
  header[0] = first;
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]); // the key is 0
}

async function deaf(): Promise<void> {
  const many = Array.from({ length: 40 }, () => frame(0x82, new Uint8Array(60_000)));
  const bytes = Buffer.concat([Buffer.from(REQUEST), ...many]);
  for (let round = 0; !isDone; round++) {
    await raw(urls[round % 2 * 2]!, bytes, 700, true);
    counts.deaf++;
  }
}

async function bombs(): Promise<void> {
  const zeros = deflateRawSync(new Uint8Array(64 << 20), { finishFlush: constants.Z_SYNC_FLUSH });
  const bytes = Buffer.concat([Buffer.from(REQUEST), frame(0xc2, zeros.subarray(0, -4))]);
  for (let round = 0; !isDone; round++) {
    await raw(urls[round % 2 * 2]!, bytes, 1_000);
    counts.bombs++;
    await pause(100);
  }
}

async function garbage(): Promise<void> {
  const random = makeRandom(99);
  for (let round = 0; !isDone; round++) {
    const noise = Uint8Array.from({ length: 1 + Math.floor(random() * 500) }, () => random() * 256);
    const head = round % 3 === 0
      ? REQUEST.slice(0, Math.floor(random() * REQUEST.length))
      : REQUEST;
    const bytes = round % 2 === 0 ? noise : Buffer.concat([Buffer.from(head), noise]);
    await raw(urls[round % urls.length]!, bytes, 200);
    counts.garbage++;
    await pause(5);
  }
}

const work = [
  ...Array.from({ length: CONNECTIONS }, (_, id) => honest(id + 1)),
  ...Array.from({ length: 4 }, (_, id) => churn(id)),
  deaf(),
  bombs(),
  garbage(),
  garbage(),
];
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "stop") continue;
  isDone = true;
  await Promise.all(work);
  break;
}
const rounded = { ...counts, mebibytes: Math.round(counts.mebibytes) };
console.log(JSON.stringify({ counts: rounded, faults }));
process.exit(0);
