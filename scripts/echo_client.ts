/**
 * A client of echo servers on the public API, for tests, benchmarks and other people's
 * servers. Runs unchanged by `deno run -A`, `bun` and `node` (22.18 or later).
 *
 *     echo_client.ts URL [--count N] [--size BYTES] [--in-flight N] [--text] [--ca FILE]
 *
 * Sends messages, compares every byte that returns, and prints messages per second. Exits
 * with 1 on any difference and when the connection ends early.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { connect, type Message, type WebSocketConnection } from "../mod.ts";

/**
 * Messages that differ, so that one in another's place shows. A prime, so no power of two hides it.
 */
const VARIANTS = 17;
const CHARACTERS = ["a", "é", "☃", "😀"]; // of 1, 2, 3 and 4 bytes of UTF-8

interface Work {
  readonly count: number;
  readonly size: number;
  readonly inFlight: number;
  readonly isText: boolean;
}

function fail(why: string): never {
  console.error(`echo_client: ${why}`);
  process.exit(1);
}

/** A message of exactly `size` bytes. */
function makeMessage({ size, isText }: Work, variant: number): Message {
  const bytes = new Uint8Array(size);
  if (!isText) return bytes.map((_, i) => (i * 31 + (i >> 8) * 7 + variant * 101) & 255);
  let text = "", left = size;
  for (let i = variant; left > 0; i++) {
    const character = CHARACTERS[i % CHARACTERS.length]!;
    const length = (i % CHARACTERS.length) + 1;
    text += length <= left ? character : "z";
    left -= length <= left ? length : 1;
  }
  return text;
}

/** Where two messages differ first, or `null`. */
function findDifference(expected: Message, actual: Message): string | null {
  if (typeof expected !== typeof actual) return `is ${typeof actual}, not ${typeof expected}`;
  if (expected.length !== actual.length) return `has length ${actual.length}`;
  if (expected === actual) return null;
  if (typeof expected !== "string" && Buffer.compare(expected, actual as Uint8Array) === 0) {
    return null;
  }
  for (let i = 0; i < expected.length; i++) {
    if (expected[i] !== actual[i]) return `differs at ${i}`;
  }
  return null;
}

async function run(connection: WebSocketConnection, work: Work): Promise<void> {
  const { count, inFlight } = work;
  const messages = Array.from({ length: VARIANTS }, (_, i) => makeMessage(work, i));
  let sent = 0, received = 0;
  let onEcho: (() => void) | null = null;
  const sendAll = async (): Promise<void> => {
    while (sent < count) {
      if (sent - received >= inFlight) await new Promise<void>((resolve) => onEcho = resolve);
      else await connection.send(messages[sent++ % VARIANTS]!);
    }
  };
  const receiveAll = async (): Promise<void> => {
    while (received < count) {
      const message = await connection.read();
      if (message === null) {
        const { code, reason, cause } = await connection.closed;
        fail(`closed with ${code} "${reason}" after ${received} messages (${cause ?? "no cause"})`);
      }
      const difference = findDifference(messages[received % VARIANTS]!, message);
      if (difference !== null) fail(`message ${received} ${difference}`);
      received++;
      onEcho?.();
      onEcho = null;
    }
  };
  await Promise.all([sendAll(), receiveAll()]);
}

const { values: flags, positionals: [url] } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "1000" },
    size: { type: "string", default: "64" },
    "in-flight": { type: "string", default: "1" },
    text: { type: "boolean", default: false },
    ca: { type: "string" },
  },
});
if (url === undefined) fail("usage: echo_client.ts URL [--count N] [--size BYTES] [--in-flight N]");
const work: Work = {
  count: Number(flags.count),
  size: Number(flags.size),
  inFlight: Number(flags["in-flight"]),
  isText: flags.text,
};
if (!(work.count >= 0 && work.size >= 0 && work.inFlight >= 1)) fail("a number makes no sense");

try {
  const tls = flags.ca === undefined ? undefined : { ca: readFileSync(flags.ca, "utf8") };
  const connection = await connect(url, { tls, maxMessageBytes: Math.max(work.size, 1024 ** 2) });
  const start = performance.now();
  await run(connection, work);
  const seconds = (performance.now() - start) / 1000;
  const { code, reason, wasClean } = await connection.close();
  if (!wasClean) fail(`the closing handshake ended with ${code} "${reason}"`);
  const rate = Math.round(work.count / seconds);
  console.log(
    `${rate} messages per second (${work.count} of ${work.size} bytes in ${seconds.toFixed(2)} s)`,
  );
} catch (error) {
  fail(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
