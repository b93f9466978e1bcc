/**
 * The greedy peers of `deno task bench:limits`, and the limits that hold them.
 *
 * @module
 */
import { connect as dial, type Socket } from "node:net";
import { writeUpgradeRequest } from "../lib/upgrade_request.ts";

/** 100 messages of 16 bytes, masked with 0. */
const SMALL = repeat(Uint8Array.of(0x82, 0x90, 0, 0, 0, 0, ...new Uint8Array(16)), 100);
/** One of 64,000 bytes. */
const LARGE = Uint8Array.of(0x82, 0xfe, 0xfa, 0x00, 0, 0, 0, 0, ...new Uint8Array(64_000));

function repeat(bytes: Uint8Array, times: number): Uint8Array {
  const all = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i++) all.set(bytes, i * bytes.length);
  return all;
}

/** Peers, and a server's options. */
export interface Case {
  readonly limit: string;
  readonly options: object;
  readonly peers: number;
  /** One greedy peer, until its socket is destroyed. */
  start(port: number): Socket;
}

/**
 * Sends all the time; what comes back is read. `isDeaf` goes on after the server's Close and its
 * end.
 */
function flood(bytes: Uint8Array, { isDeaf = false } = {}): Case["start"] {
  return (port) => {
    const where = { port, host: "127.0.0.1", allowHalfOpen: isDeaf };
    const socket = dial(where, () => socket.write(writeUpgradeRequest()));
    socket.on("error", () => {});
    const go = (): void => {
      while (socket.writable && socket.write(bytes));
    };
    socket.once("data", go);
    socket.on("drain", go);
    socket.resume();
    return socket;
  };
}

/** Opens a connection again and again. */
function knock(host: string): Case["start"] {
  return (port) => {
    let socket: Socket;
    const open = (): Socket => {
      socket = dial(port, "127.0.0.1", () => socket.write(writeUpgradeRequest({ host })));
      socket.on("error", () => {});
      socket.on("close", () => void setTimeout(() => isDone || open(), 1));
      socket.on(
        "data",
        (head) => String(head).startsWith("HTTP/1.1 101") ? null : socket.destroy(),
      );
      return socket;
    };
    let isDone = false;
    const first = open();
    const destroy = first.destroy.bind(first);
    first.destroy = (error) => {
      isDone = true;
      socket.destroySoon();
      return destroy(error);
    };
    return first;
  };
}

/** In the order of the table. */
export const CASES: readonly Case[] = [
  { limit: "none", options: {}, peers: 20, start: flood(SMALL) },
  {
    limit: "messagesPerSecond: 100",
    options: { messagesPerSecond: 100 },
    peers: 20,
    start: flood(SMALL),
  },
  {
    limit: 'messagesPerSecond: 100, "fail"',
    options: { messagesPerSecond: 100, overRate: "fail" },
    peers: 20,
    start: flood(SMALL),
  },
  {
    limit: "the same, peers ignore the Close",
    options: { messagesPerSecond: 100, overRate: "fail" },
    peers: 20,
    start: flood(SMALL, { isDeaf: true }),
  },
  { limit: "none", options: {}, peers: 20, start: flood(LARGE) },
  {
    limit: "bytesPerSecond: 64 KiB",
    options: { bytesPerSecond: 65_536 },
    peers: 20,
    start: flood(LARGE),
  },
  {
    limit: "maxConnectionsPerAddress: 10",
    options: { maxConnectionsPerAddress: 10 },
    peers: 50,
    start: knock("127.0.0.1"),
  },
  {
    limit: "allowedHosts",
    options: { allowedHosts: ["127.0.0.1"] },
    peers: 50,
    start: knock("evil.example"),
  },
];
