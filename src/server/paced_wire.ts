/**
 * Limits the rate of a peer. Beyond the limit, reading pauses until the rate is kept again, so that
 * TCP slows the peer and no message is lost. Alternatively the connection is failed with 1008.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import type { Unread } from "../connection/endings.ts";
import type { Wire } from "../connection/wire.ts";
import type { Message } from "../message.ts";
import { FilteredWire } from "../connection/filtered_wire.ts";
import { WebSocketError } from "../errors.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { TokenBucket } from "./token_bucket.ts";

/** The rates of a peer. `Infinity` is no limit. */
export interface Rates {
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly overRate: "wait" | "fail";
}

/** Whether there is a limit at all. */
export function hasLimit({ messagesPerSecond, bytesPerSecond }: Rates): boolean {
  return messagesPerSecond !== Infinity || bytesPerSecond !== Infinity;
}

/**
 * A wire whose peer has rate limits. One message or chunk may exceed a rate; the next one is
 * delayed for as long as the excess takes at that rate. When the connection is ending, nothing is
 * delayed.
 */
export class PacedWire extends FilteredWire {
  readonly #rates: Rates;
  readonly #clock: Clock;
  readonly #messages: TokenBucket | null;
  readonly #bytes: TokenBucket | null;
  #now: number; // the clock is read once for each chunk
  #timer: TimerId = null; // runs while reading is paused by a rate
  #isPausedBySink = false;
  #isEnding = false;
  #hasFailed = false;

  constructor(inner: Wire, { rates, clock }: { rates: Rates; clock: Clock }) {
    super(inner);
    this.#rates = rates;
    this.#clock = clock;
    this.#now = clock.now();
    const { messagesPerSecond, bytesPerSecond } = rates;
    this.#messages = makeBucket(messagesPerSecond, this.#now);
    this.#bytes = makeBucket(bytesPerSecond, this.#now);
  }

  override get needsBreak(): boolean {
    return super.needsBreak || this.#timer !== null;
  }

  override onActivity(bytes: number): void {
    super.onActivity(bytes);
    this.#now = this.#clock.now();
    const waitMs = this.#bytes?.take(bytes, this.#now) ?? 0;
    if (waitMs > 0) this.#onExcess("bytesPerSecond", waitMs);
  }

  override onMessage(data: Message): boolean {
    if (!this.#countMessage()) return false;
    return this.sink.onMessage(data) && this.#timer === null;
  }

  override onFragment(data: Message, final: boolean): boolean {
    if (final && !this.#countMessage()) return false;
    return this.sink.onFragment(data, final) && this.#timer === null;
  }

  override onPing(payload: Uint8Array): void {
    if (this.#countMessage()) super.onPing(payload);
  }

  override pause(): void {
    this.#isPausedBySink = true;
    super.pause();
  }

  override resume(): void {
    this.#isPausedBySink = false;
    if (this.#timer === null) super.resume();
  }

  override sendClose(code: number | undefined, reason: string): void {
    this.#stopWaiting();
    super.sendClose(code, reason);
  }

  override finish(): void {
    this.#stopWaiting();
    super.finish();
  }

  override end(): void {
    this.#stopWaiting();
    super.end();
  }

  override abort(unread: Unread): void {
    this.#stopWaiting();
    super.abort(unread);
  }

  override onEnding(): void {
    this.#stopWaiting();
    super.onEnding();
  }

  override onClosed(cause?: unknown): void {
    this.#stopWaiting();
    super.onClosed(cause);
  }

  /**
   * Counts a message or a ping, whose answer costs as much. Returns `false` if the connection has
   * failed.
   */
  #countMessage(): boolean {
    if (this.#hasFailed) return false; // the chunk or message that exceeded bytesPerSecond
    const waitMs = this.#messages?.take(1, this.#now) ?? 0;
    return waitMs === 0 || this.#onExcess("messagesPerSecond", waitMs);
  }

  #onExcess(rate: "messagesPerSecond" | "bytesPerSecond", waitMs: number): boolean {
    if (this.#isEnding) return true;
    if (this.#rates.overRate === "fail") {
      this.#fail(`the peer exceeds ${rate} (${this.#rates[rate]})`);
      return false;
    }
    if (this.#timer !== null) this.#clock.clear(this.#timer);
    this.#timer = this.#clock.after(waitMs, () => this.#wake());
    super.pause();
    return true;
  }

  #fail(why: string): void {
    this.#hasFailed = true;
    const code = CloseCode.PolicyViolation, reason = "rate exceeded";
    this.sendClose(code, reason);
    const cause = new WebSocketError("ERR_RATE_LIMIT", why);
    this.sink.onFailed({ code, reason, cause });
    this.ignoreInput(); // decoding a flood until the timeout would take the time of the other peers
  }

  #wake(): void {
    this.#timer = null;
    this.#now = this.#clock.now();
    if (!this.#isPausedBySink) super.resume();
  }

  /** Resumes reading, because the connection is ending. */
  #stopWaiting(): void {
    this.#isEnding = true;
    if (this.#timer !== null) this.#clock.clear(this.#timer);
    this.#timer = null;
  }
}

function makeBucket(perSecond: number, now: number): TokenBucket | null {
  return perSecond === Infinity ? null : new TokenBucket(perSecond, now);
}
