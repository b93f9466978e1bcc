/**
 * What every server of the interop tests does on each path, in terms that any library can
 * be brought to. The servers in other languages do the same in their own words.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Ending, type Message, REASON, UNSUPPORTED } from "./checks.ts";

/** The server's end of a connection of any library; what it cannot do is not there. */
export interface Peer {
  send(message: Message): unknown;
  /** Sends one message in these fragments. */
  sendFragments?(parts: readonly string[]): unknown;
  /** Fulfilled when the pong is there. */
  ping?(): Promise<unknown>;
  close(code: number, reason: string): unknown;
}

/** Command line of all servers written in TypeScript. */
export interface ServerFlags {
  readonly port: number;
  readonly adapter: string;
  /** Milliseconds before each answer. */
  readonly delayMs: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Reads the command line. */
export function readFlags(): ServerFlags {
  const { values, positionals } = parseArgs({
    allowPositionals: true, // the second file of --tls
    options: {
      port: { type: "string", default: "0" },
      adapter: { type: "string", default: "tcp" },
      delay: { type: "string", default: "0" },
      tls: { type: "string" },
    },
  });
  const { port, adapter, delay } = values;
  const flags = { port: Number(port), adapter, delayMs: Number(delay) };
  if (values.tls === undefined) return flags;
  const [cert, key] = [values.tls, positionals[0]!].map((file) => readFileSync(file, "utf8"));
  return { ...flags, tls: { cert: cert!, key: key! } };
}

let lastClose = "";

/** Notes how a connection on `/echo` ended. */
export function noteClose(path: string, { code, reason }: Ending): void {
  if (path === "/echo") lastClose = `${code} ${reason}`;
}

/** Answers one message as the path asks for. */
export function respond(path: string, peer: Peer, message: Message): unknown {
  switch (path) {
    case "/fragments":
      if (peer.sendFragments === undefined) return peer.send(UNSUPPORTED);
      return peer.sendFragments(cut(String(message)));
    case "/ping":
      if (peer.ping === undefined) return peer.send(UNSUPPORTED);
      return peer.ping().then(() => peer.send("pong"));
    case "/close":
      return peer.close(4001, REASON);
    case "/last-close":
      peer.send(lastClose);
      lastClose = "";
      return;
    default:
      return peer.send(message);
  }
}

function cut(text: string): string[] {
  const third = Math.ceil(text.length / 3);
  return [text.slice(0, third), text.slice(third, 2 * third), text.slice(2 * third)];
}

/** Answers the messages of one connection one after the other, each after the delay. */
export function inTurn(delayMs: number): (answer: () => unknown) => void {
  if (delayMs === 0) return (answer) => void answer();
  let last: Promise<unknown> = Promise.resolve();
  return (answer) => {
    last = last.then(() => new Promise((resolve) => setTimeout(resolve, delayMs))).then(answer);
  };
}
