/**
 * Starts a program under test, asks it about itself, and watches how it treats an honest
 * client meanwhile.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import type { Closed, Command, Measured } from "./subject/control.ts";
import type { Experience } from "./honest.ts";
import { type AdapterName, until } from "./case.ts";

/** A program that can be started. */
export interface Program {
  /** `deno http`, `ws`. */
  readonly name: string;
  readonly adapter: AdapterName;
  readonly file: string;
  readonly arguments: readonly string[];
}

const START_MS = 60_000;
const ANSWER_MS = 60_000;
const children = new Set<ChildProcess>();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/** A program under test that runs. */
export class Target {
  readonly program: Program;
  /** How many times as long as on a quiet machine others may wait. */
  readonly slack: number;
  port = 0;
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (answer: unknown) => void>();
  #errors = "";
  #isGone = false;
  #nextId = 1;

  constructor(program: Program, options: object, slack: number) {
    this.program = program;
    this.slack = slack;
    this.#child = spawn(program.file, [...program.arguments, JSON.stringify(options)], {
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    children.add(this.#child);
    this.#child.stdin!.on("error", () => {}); // it has ended
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => this.#errors += text);
    this.#child.on("close", () => {
      children.delete(this.#child);
      this.#isGone = true;
      for (const answer of this.#answers.values()) answer(null);
    });
    createInterface({ input: this.#child.stdout! }).on("line", (line) => this.#hear(line));
  }

  /** Starts it and waits until it listens. */
  static async start(program: Program, options: object, slack: number): Promise<Target> {
    const target = new Target(program, options, slack);
    const end = performance.now() + START_MS;
    while (target.port === 0) {
      if (target.#isGone || performance.now() > end) {
        target.stop();
        throw new Error(`${program.name} does not start: ${target.#errors.slice(-600)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return target;
  }

  /** Number of its process. */
  get pid(): number {
    return this.#child.pid!;
  }

  /** Whether it still runs. */
  get isAlive(): boolean {
    return !this.#isGone;
  }

  /** What it wrote on standard error. */
  get errors(): string {
    return this.#errors;
  }

  /** Its state. */
  async measure(): Promise<Measured> {
    return await this.#ask({ do: "measure" }) as Measured;
  }

  /** Its state once all connections are gone and their ends told, or when the time is over. */
  async settled(ms: number): Promise<Measured> {
    let state = await this.measure();
    await until(async () => {
      state = await this.measure();
      return state.connections === 0 && state.opened === state.closed;
    }, ms * this.slack);
    return state;
  }

  /** Its state after its garbage is collected. */
  async collect(): Promise<Measured> {
    return await this.#ask({ do: "collect" }) as Measured;
  }

  /** Closes the server; milliseconds, `null` when it takes four seconds more than `timeoutMs`. */
  async close(timeoutMs: number): Promise<number | null> {
    return (await this.#ask({ do: "close", timeoutMs }) as Closed).ms;
  }

  /** Stops the process for as long as `work` takes, as a busy machine does. */
  async whileStopped(work: () => Promise<unknown>): Promise<void> {
    this.#child.kill("SIGSTOP");
    try {
      await work();
    } finally {
      this.#child.kill("SIGCONT");
    }
  }

  /** Has a client under test connect so many times, each with a handler of this name. */
  async connect(port: number, count: number, handler: string): Promise<void> {
    await this.#ask({ do: "connect", port, count, handler });
  }

  /** Open files of the process. */
  countFiles(): number {
    return readdirSync(`/proc/${this.#child.pid}/fd`).length;
  }

  /** Lets an honest client use the server while `work` goes on, in a thread of its own. */
  async withHonest<Result>(
    how: "echo" | "connect",
    work: () => Promise<Result>,
  ): Promise<{ result: Result; honest: Experience }> {
    const url = new URL("./honest.ts", import.meta.url);
    const worker = new Worker(url, { workerData: { port: this.port, how } });
    try {
      await new Promise((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
      const result = await work();
      const told = new Promise<Experience>((resolve) => worker.once("message", resolve));
      worker.postMessage("stop");
      return { result, honest: await told };
    } finally {
      await worker.terminate();
    }
  }

  /** Ends it. */
  stop(): void {
    this.#child.kill("SIGKILL");
  }

  async #ask(command: Command): Promise<unknown> {
    const id = this.#nextId++;
    if (this.#isGone) throw new Error(`the server has ended: ${this.#errors.slice(-600)}`);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => reject(new Error("the server does not answer")), ANSWER_MS);
    this.#answers.set(id, resolve);
    this.#child.stdin!.write(`${JSON.stringify({ ...command, id })}\n`);
    try {
      const answer = await promise;
      if (answer === null) throw new Error(`the server has ended: ${this.#errors.slice(-600)}`);
      return answer;
    } finally {
      clearTimeout(timer);
      this.#answers.delete(id);
    }
  }

  #hear(line: string): void {
    if (!line.startsWith("{")) return;
    const value = JSON.parse(line);
    if (typeof value.listening === "number") this.port = value.listening;
    else this.#answers.get(value.id)?.(value);
  }
}
