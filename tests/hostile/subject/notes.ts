/**
 * What a program under test counts while it runs.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import type { CloseInfo } from "../../../mod.ts";
import type { Closed, Command, Measured, Numbered } from "./control.ts";

const TICK_MS = 2;
const MOST_KEPT = 40;

/** Counters of this process. */
export class Notes {
  opened = 0;
  closed = 0;
  fetches = 0;
  /** Open connections, asked when they are told. */
  countConnections: () => number = () => this.opened - this.closed;
  readonly #ends: string[] = [];
  readonly #errors: string[] = [];
  readonly #notes: string[] = [];
  #stallMs = 0;

  /** Begins to look for stalls. */
  watch(): void {
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      this.#stallMs = Math.max(this.#stallMs, now - last - TICK_MS);
      last = now;
    }, TICK_MS);
  }

  /** A connection has ended. */
  end({ code, cause }: Pick<CloseInfo, "code" | "cause">): void {
    this.closed++;
    const name = cause instanceof Error && "code" in cause ? ` ${String(cause.code)}` : "";
    keep(this.#ends, `${code}${name}`);
  }

  /** `onError` was called. */
  error(error: unknown): void {
    keep(this.#errors, String(error));
  }

  /** A handler says something. */
  note(text: string): void {
    keep(this.#notes, text);
  }

  /** The state of now. */
  measure(): Measured {
    const stallMs = this.#stallMs;
    this.#stallMs = 0;
    const { heapUsed, external, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    return {
      rss,
      heap: heapUsed + external,
      connections: this.countConnections(),
      opened: this.opened,
      closed: this.closed,
      ends: this.#ends,
      errors: this.#errors,
      fetches: this.fetches,
      notes: this.#notes,
      stallMs,
      cpuMs: (user + system) / 1_000,
    };
  }
}

function keep(list: string[], text: string): void {
  list.push(text);
  if (list.length > MOST_KEPT) list.shift();
}

/** What commands ask of the program. */
export interface Subject {
  readonly notes: Notes;
  /** Closes the server; rejects where there is no such call. */
  close(timeoutMs: number): Promise<unknown>;
  /** Opens connections to a server of the harness. */
  connect?(port: number, count: number, handler: string): Promise<void>;
}

/** How much longer than its limit a close may take. */
const CLOSE_WAIT_MS = 4_000;
declare const Bun: { gc(force: boolean): void };
declare const gc: (() => void) | undefined;

/** Answers commands until the harness is gone. */
export function obey(subject: Subject): void {
  process.on("unhandledRejection", (error) => subject.notes.error(`unhandled: ${String(error)}`));
  process.on("uncaughtException", (error) => subject.notes.error(`uncaught: ${String(error)}`));
  subject.notes.watch();
  const input = createInterface({ input: process.stdin });
  input.on("line", async (line) => {
    const command: Numbered = JSON.parse(line);
    say({ id: command.id, ...await answer(subject, command) });
  });
  input.on("close", () => process.exit(0));
}

/** Tells the harness. */
export function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function answer(subject: Subject, command: Command): Promise<Measured | Closed> {
  switch (command.do) {
    case "measure":
      return subject.notes.measure();
    case "collect":
      await collect();
      return subject.notes.measure();
    case "close":
      return { ms: await timeClose(subject, command.timeoutMs) };
    case "connect":
      await subject.connect?.(command.port, command.count, command.handler);
      return subject.notes.measure();
  }
}

async function collect(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    if ("Bun" in globalThis) Bun.gc(true);
    else gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function timeClose(subject: Subject, timeoutMs: number): Promise<number | null> {
  const start = performance.now(), waitMs = timeoutMs + CLOSE_WAIT_MS;
  const isOver = await Promise.race([
    subject.close(timeoutMs).then(() => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), waitMs)),
  ]);
  return isOver ? performance.now() - start : null;
}
