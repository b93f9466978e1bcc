/**
 * An honest client in a thread of its own, so that what the attackers do in theirs does not
 * slow it down: it sends a message or opens a connection, waits for the answer, and notes the
 * longest wait.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { frame, TEXT } from "../conformance/own/frame.ts";
import { Peer } from "./peer.ts";

/** How an honest client was treated. */
export interface Experience {
  /** Answers that came. */
  readonly answers: number;
  /** Connections refused, and answers that never came. */
  readonly failures: number;
  /** The longest wait for an answer, or for one that is still to come, milliseconds. */
  readonly worstMs: number;
}

const { port, how } = workerData as { port: number; how: "echo" | "connect" };
const MESSAGE = frame({ opcode: TEXT, payload: "honest" }, "client");
const EVERY_MS = 10;
const GIVE_UP_MS = 30_000;

let answers = 0, failures = 0, worstMs = 0, isStopping = false, since = performance.now();

function finish(): void {
  worstMs = Math.max(worstMs, since > 0 ? performance.now() - since : 0);
  parentPort!.postMessage({ answers, failures, worstMs } satisfies Experience);
  isStopping = true;
}

async function once(ask: () => Promise<boolean>): Promise<void> {
  since = performance.now();
  const isAnswered = await ask();
  worstMs = Math.max(worstMs, performance.now() - since);
  since = 0;
  if (isAnswered) answers++;
  else failures++;
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}

parentPort!.on("message", finish);
const peer = how === "echo" ? await Peer.open(port, { path: "/echo" }) : null;
if (peer !== null && peer.head === null) failures++;
since = 0;
parentPort!.postMessage("ready");
while (!isStopping) {
  await once(async () => {
    if (peer === null) {
      const fresh = new Peer(port);
      fresh.request({ path: "/echo" });
      const status = await fresh.answered(GIVE_UP_MS);
      fresh.drop();
      return status === 101;
    }
    const { receivedBytes } = peer;
    peer.write(MESSAGE);
    const end = performance.now() + GIVE_UP_MS;
    while (peer.receivedBytes === receivedBytes && !peer.isEnded && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return peer.receivedBytes > receivedBytes;
  });
}
