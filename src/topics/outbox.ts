/**
 * The queue of messages to the engine. They are sent in order, and wait while the engine cannot be
 * reached.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Clock } from "../clock.ts";
import type { Backplane, Relayed } from "./backplane.ts";
import { WebSocketError } from "../errors.ts";
import { type Deferred, makeDeferred, markHandled } from "../promises.ts";

/** Treatment of messages while the engine cannot be reached. */
export interface OutageOptions {
  /**
   * `"queue"` keeps messages until the engine is back, `"fail"` rejects them. Without a history the
   * subscribers of this process get them at once in both cases. With a history they get the
   * messages that are kept, according to their `order`.
   *
   * @default {"queue"}
   */
  whenDown?: "queue" | "fail";
  /**
   * Most messages that may wait for the engine. Beyond this number `publish` rejects.
   *
   * @default {10000}
   */
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

/** The messages of one topic. They are sent by one call at a time, which keeps their order. */
interface Lane {
  readonly pending: Pending[];
  isBusy: boolean;
}

/** Most messages of one call. Messages that are added during a call are sent by the next. */
const MAX_BATCH = 128;
/** Milliseconds until a call is repeated that a reachable engine has refused. */
const RETRY_MS = 200;

/** Sends messages to the engine. */
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

  /** The sequence of the last message. */
  get last(): number {
    return this.#sequence;
  }

  /** Whether the engine can be reached. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Adds a message, or refuses it. The promise is fulfilled when the engine has it. */
  add(
    name: string,
    message: Message,
    compress: boolean,
  ): { sequence: number; taken: Promise<void>; isRefused: boolean } {
    const { origin, whenDown, maxQueued } = this.#options;
    const sequence = ++this.#sequence, taken = makeDeferred<void>();
    markHandled(taken.promise);
    const isAway = this.#isClosed || (!this.#isUp && whenDown === "fail");
    const isRefused = isAway || this.#count >= maxQueued;
    if (isRefused) {
      const why = isAway ? "the engine is away" : `${maxQueued} messages wait for the engine`;
      taken.reject(new WebSocketError("ERR_BACKPLANE", `publish: ${why}`));
      return { sequence, taken: taken.promise, isRefused };
    }
    this.#count++;
    let lane = this.#lanes.get(name);
    if (lane === undefined) this.#lanes.set(name, lane = { pending: [], isBusy: false });
    lane.pending.push({ relayed: { message, compress, origin, sequence }, taken });
    if (this.#isUp) this.#sendSoon(name, lane);
    return { sequence, taken: taken.promise, isRefused };
  }

  /** The engine can be reached. */
  onUp(): void {
    this.#isUp = true;
    for (const [name, lane] of this.#lanes) this.#sendSoon(name, lane);
  }

  /** The engine cannot be reached. */
  onDown(): void {
    this.#isUp = false;
  }

  /** Rejects the messages that are left. */
  close(): void {
    this.#isClosed = true;
    const error = new WebSocketError("ERR_BACKPLANE", "publish: the topics are closed");
    for (const { pending } of this.#lanes.values()) {
      for (const { taken } of pending) taken.reject(error);
    }
    this.#lanes.clear();
  }

  /** Schedules a call, so that messages of the same turn are sent together. */
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
