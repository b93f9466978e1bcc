/**
 * What the programs of `deno task test:reach` have in common.
 *
 * @module
 */
import process from "node:process";
import { serve } from "../../mod.ts";
import type { HandlerProducer, WebSocketHandler } from "../../src/public.ts";

/** Runs a program, says that it came to its end, and ends the process: clients may keep timers. */
export async function runProgram(program: () => Promise<void>): Promise<never> {
  try {
    await program();
    console.log("done");
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

/** Starts a server of ours on a free port; gives its URL, without a slash at its end. */
export async function serveHere(handler: WebSocketHandler | HandlerProducer): Promise<string> {
  const { address } = await serve({ hostname: "127.0.0.1", port: 0 }, handler);
  if (address.transport !== "tcp") throw new Error("not on a port");
  return `ws://127.0.0.1:${address.port}`;
}

/** The next value that `push` is called with, in order; `next` rejects after a minute. */
export class Values<T> {
  readonly #values: T[] = [];
  readonly #waiting: ((value: T) => void)[] = [];

  readonly push = (value: T): void => {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#values.push(value);
    else waiting(value);
  };

  /** Takes the next value. */
  async next(): Promise<T> {
    if (this.#values.length > 0) return this.#values.shift()!;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push(resolve);
    const timer = setTimeout(() => reject(new Error("nothing came within 60 s")), 60_000);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
