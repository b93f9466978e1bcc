/**
 * Reading by message, fragment or stream: `read`, `readFragment`, `readStream`. While no read
 * waits, whole messages are kept here up to a limit. Larger or fragmented messages stay on the
 * wire, because only the next read tells how they are wanted.
 *
 * @module
 */
import type { Fragment, MessageStream, ReadOptions } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";
import type { Clock } from "../clock.ts";
import type { StreamedMessage } from "./framing.ts";
import type { Receiver, ReceiverState } from "./receiver.ts";
import type { Wire } from "./wire.ts";
import { WebSocketError } from "../errors.ts";
import { Inbox, UnreadFragment } from "./inbox.ts";
import { type ReadKind, ReadWait, wrongTimeout } from "./read_wait.ts";

/** Result of a step of `for await`. */
type Step = IteratorResult<Message, undefined>;
/** Results of reads, by their kind. */
interface ReadResults {
  message: Message;
  step: Step;
  fragment: Fragment;
  stream: MessageStream;
}
type AnyResult = ReadResults[ReadKind];

/** Options of {@linkcode PullReceiver}. */
export interface PullReceiverOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
}

/** The messages of a handler that reads. */
export class PullReceiver implements Receiver {
  readonly #options: PullReceiverOptions;
  readonly #inbox = new Inbox<Message | UnreadFragment>();
  readonly #waits: ReadWait<AnyResult>[] = [];
  #stream: StreamedMessage | null = null; // the last message that is, or was, streamed
  #isInFragments = false; // a reader has taken a fragment, and not the final one
  #state: ReceiverState = "open";

  constructor(options: PullReceiverOptions) {
    this.#options = options;
  }

  get bufferedBytes(): number {
    return this.#inbox.bytes;
  }

  /** A handler with no pending read is assumed to be working on its last message. */
  get isBusy(): boolean {
    return this.#waits.length === 0 && !this.#isStreaming() && this.#state === "open";
  }

  #isStreaming(): boolean {
    return this.#stream !== null && !this.#stream.isEnded;
  }

  /**
   * Takes the next message, fragment or stream; `null` when none will follow. A step is made here
   * and not from a message's promise, because each further promise costs a message 0.1 µs or more.
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
    const conflict = this.#conflictOf(kind);
    if (conflict !== null) return Promise.reject(conflict);
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    if (this.#waits.length === 0) {
      if (!this.#inbox.isEmpty) return this.#readNext(kind);
      if (this.#state === "ended") return Promise.resolve(endOf(kind));
    }
    return this.#wait(kind, options, defaultTimeoutMs);
  }

  beginMessage(head: MessageHead): Delivery {
    const wait = this.#waits[0];
    if (wait?.kind === "stream") {
      const stream = this.#stream = this.#makeStream();
      this.#answer(wait, stream.toMessageStream(head.type));
      return "chunk";
    }
    if (wait !== undefined) return wait.kind === "fragment" ? "fragment" : "message";
    const fits = head.frameBytes <= this.#options.maxMessageBytes;
    if ((head.isWhole && fits) || this.#state !== "open") return "message";
    this.#options.wire.pause();
    return "wait";
  }

  onMessage(data: Message): boolean {
    const wait = this.#waits[0];
    if (wait === undefined) return this.#keep(data);
    this.#answer(wait, this.#convert(wait.kind, data));
    return true;
  }

  onFragment(data: Message, final: boolean): boolean {
    const stream = this.#stream;
    if (stream !== null && !stream.isEnded) {
      const wantsMore = stream.push(data, final);
      if (this.#state === "ending" && stream.queuedBytes > this.#options.maxMessageBytes) {
        stream.fail(); // one chunk, inflated, can be a thousand times its size
      }
      return wantsMore || this.#pause();
    }
    if (final && !this.#isInFragments && this.#inbox.isEmpty) return this.onMessage(data); // it is the whole message
    const fragment = new UnreadFragment(data, final), wait = this.#nextFragmentWait();
    if (wait === undefined) return this.#keep(fragment);
    this.#answer(wait, this.#convert(wait.kind, fragment));
    return true;
  }

  onEnding(): void {
    if (this.#state === "open") this.#state = "ending";
  }

  onEnd(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#stream?.fail();
    for (const wait of this.#waits.splice(0)) wait.resolve(endOf(wait.kind));
  }

  discard(): void {
    this.#inbox.clear();
    this.#isInFragments = false;
  }

  #readNext(kind: ReadKind): Promise<AnyResult> {
    try {
      return Promise.resolve(this.#take(kind));
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
    if (!(timeoutMs >= 0)) return Promise.reject(wrongTimeout(timeoutMs));
    const wait = new ReadWait<AnyResult>(kind, this.#options.clock);
    if (timeoutMs !== Infinity || options?.signal !== undefined) {
      wait.limit(timeoutMs, options?.signal, () => {
        this.#waits.splice(this.#waits.indexOf(wait), 1);
      });
    }
    this.#waits.push(wait);
    this.#options.wire.resume(); // the message on the wire may be the wanted one
    return wait.promise;
  }

  /** The first read that a fragment can answer. Other reads before it are refused. */
  #nextFragmentWait(): ReadWait<AnyResult> | undefined {
    let wait = this.#waits[0];
    for (; wait !== undefined && wait.kind !== "fragment"; wait = this.#waits[0]) {
      this.#shiftWaits();
      wait.reject(conflict(UNFINISHED));
    }
    return wait;
  }

  #conflictOf(kind: ReadKind): WebSocketError | null {
    if ((kind === "fragment" || kind === "stream") && this.#options.wire.frames === null) {
      const why = "a native WebSocket gives whole messages only: use read()";
      return new WebSocketError("ERR_NOT_SUPPORTED", `${kind} read: ${why}`);
    }
    if (this.#isStreaming()) {
      return conflict("the stream of the last message is neither finished nor cancelled");
    }
    const next = this.#inbox.peek();
    if (next === null && this.#state === "ended") return null; // no message is unfinished
    if (kind !== "fragment" && (this.#isInFragments || next instanceof UnreadFragment)) {
      return conflict(UNFINISHED);
    }
    return null;
  }

  #answer(wait: ReadWait<AnyResult>, result: AnyResult): void {
    this.#shiftWaits();
    wait.resolve(result);
  }

  /** The array nearly always has one entry; `pop` keeps its capacity, `shift` does not. */
  #shiftWaits(): void {
    const waits = this.#waits;
    if (waits.length > 1) waits.shift();
    else waits.pop();
  }

  #take(kind: ReadKind): AnyResult {
    const entry = this.#inbox.shift();
    if (this.#inbox.hasRoom) this.#options.wire.resume();
    return this.#convert(kind, entry);
  }

  #convert(kind: ReadKind, entry: Message | UnreadFragment): AnyResult {
    if (!(entry instanceof UnreadFragment)) {
      if (kind === "message") return entry;
      if (kind === "step") return { done: false, value: entry };
    }
    const { data, final } = entry instanceof UnreadFragment ? entry : { data: entry, final: true };
    const type = typeof data === "string" ? "text" : "binary";
    if (kind === "stream") {
      const stream = this.#makeStream();
      stream.push(data, true);
      return stream.toMessageStream(type);
    }
    this.#isInFragments = !final;
    return { type, data, final } as Fragment;
  }

  /** `#conflictOf` has refused `readStream` where the wire has no frames. */
  #makeStream(): StreamedMessage {
    const { wire } = this.#options;
    return wire.frames!.makeStream(wire);
  }

  #keep(entry: Message | UnreadFragment): boolean {
    this.#inbox.push(entry);
    return !this.#inbox.isFull || this.#pause();
  }

  /** Holds the peer back, if that is possible; returns whether messages go on coming. */
  #pause(): boolean {
    if (this.#state !== "open") return true;
    this.#options.wire.pause();
    return false;
  }
}

/** Result of a read when no message follows. */
function endOf(kind: ReadKind): Step | null {
  return kind === "step" ? { done: true, value: undefined } : null;
}

const UNFINISHED = "readFragment() has not reached the final fragment of its message";

function conflict(why: string): WebSocketError {
  return new WebSocketError("ERR_READ_CONFLICT", `read: ${why}`);
}
