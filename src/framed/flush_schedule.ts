/**
 * Decides when to write what is sent outside of a read callback, and batches sends that follow
 * closely.
 *
 * @module
 */

/**
 * So many replies in a row must be the only ones before the next is expected to be. If one was
 * enough, a straggler would cut the output of all sessions in two: on Deno, 32 sessions with 32
 * messages each would write 2.6 times for a chunk, and take 1.3 instead of 0.9 µs a message.
 */
const PATIENCE = 8;

/** Calls back soon after the running code and the microtasks that it queued. */
export type Schedule = (callback: () => void) => void;

/** Options of {@linkcode FlushSchedule}. */
export interface FlushScheduleOptions {
  readonly schedule: Schedule;
  /** Output is written when this many calls of `schedule` in a row have seen no new output. */
  readonly idleTicks: number;
}

/**
 * The time from a send to the write.
 *
 * - The first send after a chunk is likely to be a reply, and the only one: it is written in the
 *   next microtask, because `schedule` costs a microsecond on Node.
 * - A send without a chunk before it, or one of several for the last chunk, is likely to be
 *   followed by others: they are gathered by `schedule`.
 */
export class FlushSchedule {
  readonly #options: FlushScheduleOptions;
  readonly #onDue: () => void;
  #isScheduled = false;
  #ticksLeft = 0; // calls of `#tick` without new output until the write
  #sends = 0; // since the write was scheduled
  #loneReplies = 0; // in a row
  #gathers = false; // whether more sends are expected
  #expectsReply = false; // a chunk was read since a write was last scheduled
  #isReply = false; // the scheduled write answers a chunk
  // A field, because `schedule` is given the same function each time.
  readonly #tick = (): void => {
    if (--this.#ticksLeft > 0) return this.#options.schedule(this.#tick);
    this.#isScheduled = false;
    if (this.#isReply) this.#learn();
    this.#onDue();
  };

  constructor(options: FlushScheduleOptions, onDue: () => void) {
    this.#options = options;
    this.#onDue = onDue;
  }

  /** Whether a write will follow. */
  get isScheduled(): boolean {
    return this.#isScheduled;
  }

  /** Messages are being delivered: the next send may be the reply. */
  expectReply(): void {
    this.#expectsReply = true;
  }

  /** Something was sent that the scheduled write will include. */
  onSend(): void {
    this.#sends++;
    this.#ticksLeft = this.#gathers ? this.#options.idleTicks : 1;
  }

  /** Schedules the write, unless it is scheduled. */
  start(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#sends = 0;
    this.#isReply = this.#expectsReply;
    this.#expectsReply = false;
    if (!this.#isReply) this.#gathers = true;
    (this.#gathers ? this.#options.schedule : queueMicrotask)(this.#tick);
  }

  /** Learns from a write that answered chunks whether more sends are to be expected. */
  #learn(): void {
    if (this.#sends > 1) {
      this.#gathers = true;
      this.#loneReplies = 0;
    } else if (++this.#loneReplies >= PATIENCE) this.#gathers = false;
  }
}
