/**
 * The reading of Python's `websockets`, in a process of its own that is given many inputs at once.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { installPython } from "../interop/peers.ts";
import { ROOT } from "../lib/runtimes.ts";
import type { Input, Outcome } from "./outcome.ts";

const KINDS = { frames: 0, deflate: 1, heads: 2 } as const;

/** The process. */
export class PythonReader {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  /** The batch before, whose lines come first. */
  #before: Promise<unknown> = Promise.resolve();

  private constructor(folder: string) {
    this.#child = spawn("python3", [join(ROOT, "scripts/fuzz/websockets_reader.py")], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" },
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(): Promise<PythonReader> {
    return new PythonReader(await installPython());
  }

  /** Reads them all. The next batch may be given meanwhile. */
  read(inputs: readonly Input[]): Promise<Outcome[]> {
    const parts: Uint8Array[] = [];
    for (const { kind, role, bytes } of inputs) {
      const header = Buffer.alloc(6);
      header.writeUInt32LE(bytes.length);
      header[4] = KINDS[kind];
      header[5] = role === "server" ? 1 : 0;
      parts.push(header, bytes);
    }
    parts.push(Uint8Array.of(0, 0, 0, 0, 255, 0)); // the end of the batch
    this.#child.stdin!.write(Buffer.concat(parts));
    const outcomes = this.#before.then(() => this.#take(inputs.length));
    this.#before = outcomes;
    return outcomes;
  }

  async #take(count: number): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    while (outcomes.length < count) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error("Python ended");
      const [events, end] = JSON.parse(value);
      outcomes.push({ events, end });
    }
    return outcomes;
  }

  stop(): void {
    this.#child.stdin!.end();
  }
}
