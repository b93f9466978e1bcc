/**
 * The topics of this process and of all others: what is published here goes to the engine, in
 * order, and waits while the engine is away.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Clock } from "../clock.ts";
import type { Backplane, Relayed } from "./backplane.ts";
import { WebSocketError } from "../errors.ts";
import { type Deferred, makeDeferred, markHandled } from "../promises.ts";

/** What is done with messages while the engine is away. */
export interface OutageOptions {
  /**
   * `"queue"` keeps what is published until the engine is back, `"fail"` rejects it. Default
   * `"queue"`. Without a history the subscribers of this process get it at once either way.
   */
  whenDown?: "queue" | "fail";
  /** Messages that may wait for the engine; beyond it `publish` rejects. Default 10,000. */
  maxQueued?: number;
}

/** Options of {@linkcode Outbox}. */
export interface OutboxOptions extends Required<OutageOptions> {
  readonly backplane: Backplane;
  readonly origin: string;
  readonly clock: Clock;
}

/** A message that the engine does not have yet. */
interface Pending {
  readonly relayed: Relayed;
  readonly taken: Deferred<void>;
}

/** The messages of one topic: one call at a time, which keeps them in order. */
interface Lane {
  readonly pending: Pending[];
  isBusy: boolean;
}

/** Of one call: what comes meanwhile goes with the next. */
const MAX_BATCH = 128;
/** Until a call is repeated that the engine has refused although it is there. */
const RETRY_MS = 200;

/** Brings messages to the engine. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #lanes = new Map<string, Lane>();
  #sequence = 0;
  #count = 0;
  #isUp = false;
  #isClosed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Messages that the engine does not have yet. */
  get count(): number {
    return this.#count;
  }

  /** Takes a message. The promise is fulfilled when the engine has it. */
  add(
    name: string,
    message: Message,
    compress: boolean,
  ): { sequence: number; taken: Promise<void> } {
    const { origin, whenDown, maxQueued } = this.#options;
    const sequence = ++this.#sequence, taken = makeDeferred<void>();
    markHandled(taken.promise);
    const isRefused = this.#isClosed || (!this.#isUp && whenDown === "fail");
    if (isRefused || this.#count >= maxQueued) {
      const why = isRefused ? "the engine is away" : `${maxQueued} messages wait for the engine`;
      taken.reject(new WebSocketError("ERR_BACKPLANE", `publish: ${why}`));
      return { sequence, taken: taken.promise };
    }
    this.#count++;
    let lane = this.#lanes.get(name);
    if (lane === undefined) this.#lanes.set(name, lane = { pending: [], isBusy: false });
    lane.pending.push({ relayed: { message, compress, origin, sequence }, taken });
    if (this.#isUp) this.#sendSoon(name, lane);
    return { sequence, taken: taken.promise };
  }

  /** The engine is there. */
  onUp(): void {
    this.#isUp = true;
    for (const [name, lane] of this.#lanes) this.#sendSoon(name, lane);
  }

  /** The engine is away. */
  onDown(): void {
    this.#isUp = false;
  }

  /** Rejects what is left. */
  close(): void {
    this.#isClosed = true;
    const error = new WebSocketError("ERR_BACKPLANE", "publish: the topics are closed");
    for (const { pending } of this.#lanes.values()) {
      for (const { taken } of pending) taken.reject(error);
    }
    this.#lanes.clear();
  }

  /** What is published in the same turn goes with the same call. */
  #sendSoon(name: string, lane: Lane): void {
    if (lane.isBusy) return;
    lane.isBusy = true;
    queueMicrotask(() => void this.#send(name, lane));
  }

  async #send(name: string, lane: Lane): Promise<void> {
    const { backplane, clock } = this.#options;
    while (lane.pending.length > 0 && this.#isUp && !this.#isClosed) {
      const batch = lane.pending.slice(0, MAX_BATCH);
      try {
        await backplane.publish(name, batch.map(({ relayed }) => relayed));
      } catch {
        await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
        continue;
      }
      lane.pending.splice(0, batch.length);
      this.#count -= batch.length;
      for (const { taken } of batch) taken.resolve();
    }
    lane.isBusy = false;
    if (lane.pending.length === 0) this.#lanes.delete(name);
  }
}
