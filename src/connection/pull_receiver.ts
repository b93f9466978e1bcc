/**
 * The receiver of a handler that reads. It matches reads that wait with messages that wait.
 *
 * @module
 */
import type { Fragment, MessageStream, ReadOptions } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";
import type { Clock } from "../clock.ts";
import type { Receiver, ReceiverState } from "./receiver.ts";
import { Inbox, type UnreadFragment } from "./inbox.ts";
import { atLeast } from "../options.ts";
import { type ReadKind, ReadWait } from "./read_wait.ts";

/** Result of a step of `for await`. */
type Step = IteratorResult<Message, undefined>;
/** Results of reads, by their kind. */
export interface ReadResults {
  message: Message;
  step: Step;
  fragment: Fragment;
  stream: MessageStream;
}
/** Result of a read of any kind. */
export type AnyResult = ReadResults[ReadKind];

/** Options of {@linkcode PullReceiver}. */
export interface PullReceiverOptions {
  readonly wire: { pause(): void; resume(): void };
  readonly clock: Clock;
}

/** The messages of a handler that reads. `Entry` is what can wait for a read. */
export abstract class PullReceiver<Entry extends Message | UnreadFragment> implements Receiver {
  protected readonly inbox: Inbox<Entry> = new Inbox<Entry>();
  protected readonly waits: ReadWait<AnyResult>[] = [];
  protected state: ReceiverState = "open";
  readonly #options: PullReceiverOptions;
  #isAnswering = false; // the handler has taken a message and has not asked for the next one
  #onIdle: (() => void) | null = null;

  constructor(options: PullReceiverOptions) {
    this.#options = options;
  }

  get bufferedBytes(): number {
    return this.inbox.bytes;
  }

  /** A handler with no pending read is assumed to be working on its last message. */
  get isBusy(): boolean {
    return this.waits.length === 0 && this.state === "open";
  }

  /**
   * Takes the next message, fragment or stream; `null` when none will follow. A step's result
   * object is made here rather than by a further promise, because each promise costs a message 0.1
   * µs or more.
   */
  read(kind: "step", options: undefined, defaultTimeoutMs: number): Promise<Step>;
  read<K extends Exclude<ReadKind, "step">>(
    kind: K,
    options: ReadOptions | undefined,
    defaultTimeoutMs: number,
  ): Promise<ReadResults[K] | null>;
  read(
    kind: ReadKind,
    options: ReadOptions | undefined,
    defaultTimeoutMs: number,
  ): Promise<AnyResult | null> {
    this.noteWaiting();
    const conflict = this.conflictOf(kind);
    if (conflict !== null) return Promise.reject(conflict);
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    if (this.waits.length === 0) {
      if (!this.inbox.isEmpty) return this.#readNext(kind);
      if (this.state === "ended") return Promise.resolve(endOf(kind));
    }
    return this.#wait(kind, options, defaultTimeoutMs);
  }

  whenIdle(callback: () => void): void {
    if (this.#isAnswering) this.#onIdle = callback;
    else callback();
  }

  /** The handler waits for the next message or for the end, so it has finished the last message. */
  noteWaiting(): void {
    this.#isAnswering = false;
    if (this.#onIdle !== null) this.#goIdle(this.#onIdle);
  }

  abstract beginMessage(head: MessageHead): Delivery;

  abstract onMessage(data: Message): boolean;

  abstract onFragment(data: Message, final: boolean): boolean;

  onEnding(): void {
    if (this.state === "open") this.state = "ending";
  }

  onEnd(): void {
    if (this.state === "ended") return;
    this.state = "ended";
    for (const wait of this.waits.splice(0)) wait.resolve(endOf(wait.kind));
  }

  discard(): void {
    this.inbox.clear();
  }

  /** The error of a read that cannot be answered now; `null` when it can. */
  protected abstract conflictOf(kind: ReadKind): Error | null;

  /** Makes the result of a read from the entry that answers it. */
  protected abstract convert(kind: ReadKind, entry: Entry): AnyResult;

  /**
   * Resolves the first read that waits, or keeps the entry. Returns whether more messages are
   * wanted.
   */
  protected deliver(entry: Entry): boolean {
    const wait = this.waits[0];
    if (wait === undefined) {
      this.inbox.push(entry);
      return !this.inbox.isFull || this.pause();
    }
    this.answer(wait, this.convert(wait.kind, entry));
    return true;
  }

  protected answer(wait: ReadWait<AnyResult>, result: AnyResult): void {
    this.shiftWaits();
    this.#isAnswering = true;
    wait.resolve(result);
  }

  /** The array nearly always has one entry; `pop` keeps its capacity, `shift` does not. */
  protected shiftWaits(): void {
    const { waits } = this;
    if (waits.length > 1) waits.shift();
    else waits.pop();
  }

  /** Pauses the peer, if that is possible. Returns whether messages continue to arrive. */
  protected pause(): boolean {
    if (this.state !== "open") return true;
    this.#options.wire.pause();
    return false;
  }

  #goIdle(onIdle: () => void): void {
    this.#onIdle = null;
    onIdle();
  }

  #readNext(kind: ReadKind): Promise<AnyResult> {
    try {
      const entry = this.inbox.shift();
      this.#isAnswering = true;
      if (this.inbox.hasRoom) this.#options.wire.resume();
      return Promise.resolve(this.convert(kind, entry));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #wait(
    kind: ReadKind,
    options: ReadOptions | undefined,
    defaultTimeoutMs: number,
  ): Promise<AnyResult | null> {
    const timeoutMs = options?.timeoutMs ?? defaultTimeoutMs;
    atLeast(0, "timeoutMs", timeoutMs);
    const wait = new ReadWait<AnyResult>(kind, this.#options.clock);
    if (timeoutMs !== Infinity || options?.signal !== undefined) {
      wait.limit(timeoutMs, options?.signal, () => {
        this.waits.splice(this.waits.indexOf(wait), 1);
      });
    }
    this.waits.push(wait);
    this.#options.wire.resume(); // the read may want the message that is held on the wire
    return wait.promise;
  }
}

/** The receiver of a handler that reads, on any wire. */
export type Reader = PullReceiver<Message> | PullReceiver<Message | UnreadFragment>;

/** Result of a read when no message follows. */
function endOf(kind: ReadKind): Step | null {
  return kind === "step" ? { done: true, value: undefined } : null;
}
