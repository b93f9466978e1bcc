/**
 * An engine in memory, for tests of what topics make of one. The test lets it go away.
 *
 * @module
 */
import type { Backplane, BackplaneStart, Delivered, Relayed } from "../../src/topics/backplane.ts";

/** What all backplanes of one engine share. */
export class MemoryEngine {
  readonly backplanes = new Set<MemoryBackplane>();
  isUp = true;
  /** Calls of `publish`, as names and sizes of batches. */
  readonly calls: string[] = [];

  /** A backplane of one process. */
  connect(): MemoryBackplane {
    const backplane = new MemoryBackplane(this);
    this.backplanes.add(backplane);
    return backplane;
  }

  /** The engine goes away. */
  fail(): void {
    this.isUp = false;
    for (const { started } of this.backplanes) started.events.onDown(new Error("away"));
  }

  /** The engine comes back. */
  recover(): void {
    this.isUp = true;
    for (const { started } of this.backplanes) started.events.onUp();
  }
}

/** Carries messages to the other processes of its engine. */
export class MemoryBackplane implements Backplane {
  readonly names = new Set<string>();
  started!: BackplaneStart;
  /** Makes the next `publish` reject after the engine has the message. */
  losesAnswer = false;
  readonly #engine: MemoryEngine;

  constructor(engine: MemoryEngine) {
    this.#engine = engine;
  }

  start(start: BackplaneStart): void {
    this.started = start;
    if (this.#engine.isUp) queueMicrotask(() => start.events.onUp());
  }

  async publish(name: string, messages: readonly Relayed[]): Promise<void> {
    await null;
    if (!this.#engine.isUp) throw new Error("away");
    this.#engine.calls.push(`${name} ${messages.length}`);
    for (const backplane of this.#engine.backplanes) {
      if (!backplane.names.has(name)) continue;
      for (const relayed of messages) {
        const delivered: Delivered = { ...relayed, position: null };
        backplane.started.events.onMessage(name, delivered);
      }
    }
    if (!this.losesAnswer) return;
    this.losesAnswer = false;
    throw new Error("the answer was lost");
  }

  async subscribe(name: string): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await null; // slower than `unsubscribe`, as with NATS
    if (!this.#engine.isUp) throw new Error("away");
    this.names.add(name);
  }

  async unsubscribe(name: string): Promise<void> {
    await null;
    this.names.delete(name);
  }

  async close(): Promise<void> {
    await null;
    this.#engine.backplanes.delete(this);
  }
}
