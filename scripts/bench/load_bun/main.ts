/**
 * The load generator where there is no C compiler, or no epoll: `echo` and `open` on Bun's
 * sockets. It costs more than the one in C, so more rows will say that the load was the limit.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import process from "node:process";
import { LoadConnection } from "./connection.ts";
import { cutFrames, makeFrame, ReplyCounter } from "./frames.ts";
import { type LoadOptions, readOptions } from "./options.ts";

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function fail(why: string): never {
  console.error(`load: ${why}`);
  process.exit(1);
}

function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // no /proc: what needs it is told as 0
  }
}

/** Nanoseconds of the server so far; the system tells hundredths of a second. */
function serverCpuNs(pid: number): number {
  const fields = readProcess(pid, "stat").split(") ")[1]?.split(" ");
  return fields === undefined ? 0 : (Number(fields[11]) + Number(fields[12])) * 1e7;
}

function rssKib(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readProcess(pid, "status"))?.[1] ?? 0);
}

/** Reads all clocks; the returned function tells what has passed since. */
function startClocks({ pid }: LoadOptions) {
  const started = performance.now(), server = serverCpuNs(pid), own = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(own);
    return {
      seconds: (performance.now() - started) / 1000,
      serverCpuNs: serverCpuNs(pid) - server,
      loadCpuNs: (user + system) * 1000,
    };
  };
}

async function echo(options: LoadOptions): Promise<void> {
  const { connections, inFlight, frames: file, bytes, isRaw } = options;
  const frames = file === undefined ? [makeFrame(bytes, options)] : cutFrames(readFileSync(file));
  let received = 0, bytesIn = 0, next = 0;
  const open = Array.from({ length: connections }, () => {
    const counter = new ReplyCounter(file === undefined ? bytes : null);
    let rawBytes = 0;
    const count = (chunk: Uint8Array): number => {
      if (!isRaw) return counter.take(chunk);
      const before = Math.floor(rawBytes / frames[0]!.length);
      return Math.floor((rawBytes += chunk.length) / frames[0]!.length) - before;
    };
    const send = (connection: LoadConnection, messages: number) => {
      // All in one write, as the one in C does it.
      const some = Array.from({ length: messages }, () => frames[next++ % frames.length]!);
      if (messages > 0) connection.write(messages === 1 ? some[0]! : Buffer.concat(some));
    };
    return new LoadConnection(options, {
      open: (connection) => send(connection, inFlight),
      data(connection, chunk) {
        bytesIn += chunk.length;
        const done = count(chunk);
        received += done;
        send(connection, done);
      },
      fail,
    });
  });
  await Promise.all(open.map((connection) => connection.connect()));
  await sleep(options.warm);
  const stop = startClocks(options), before = received, bytesBefore = bytesIn;
  await sleep(options.seconds);
  for (let i = 0; received === before && i < 2000; i++) await sleep(0.01); // one slow message
  const messages = received - before;
  console.log(JSON.stringify({ messages, ...stop(), bytesIn: bytesIn - bytesBefore }));
}

async function open(options: LoadOptions): Promise<void> {
  const before = rssKib(options.pid), stop = startClocks(options);
  let begun = 0;
  const openSome = async () => {
    while (begun++ < options.connections) {
      await new Promise<void>((resolve) => {
        new LoadConnection(options, { open: () => resolve(), data() {}, fail }).connect();
      });
    }
  };
  await Promise.all(Array.from({ length: 64 }, openSome));
  const clocks = stop();
  await sleep(options.settle);
  const memory = { rssKib: rssKib(options.pid) - before };
  console.log(JSON.stringify({ messages: options.connections, ...clocks, ...memory }));
}

const options = readOptions(process.argv.slice(2));
if (options.mode === "echo") await echo(options);
else if (options.mode === "open") await open(options);
else fail(`${options.mode}: only echo and open without a C compiler`);
process.exit(0);
