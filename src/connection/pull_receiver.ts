/**
 * Reading as the handler likes: `read`, `readFragment`, `readStream`. While nobody reads,
 * whole messages wait here up to a limit, and what is larger or fragmented waits on the
 * wire, since only the next read tells how it is wanted.
 *
 * @module
 */
import type { Fragment, MessageStream, ReadOptions } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";
import type { Clock } from "../clock.ts";
import type { StreamedMessage } from "./framing.ts";
import type { Receiver } from "./receiver.ts";
import type { Wire } from "./wire.ts";
import { WebSocketError } from "../errors.ts";
import { Inbox, Part } from "./inbox.ts";
import { type ReadKind, ReadWait, wrongTimeout } from "./read_wait.ts";

/** What a step of `for await` gives. */
type Step = IteratorResult<Message, undefined>;
/** Answer of a read, by its kind. */
interface ReadResults {
  message: Message;
  step: Step;
  fragment: Fragment;
  stream: MessageStream;
}
type AnyResult = ReadResults[ReadKind];

/** What a pull receiver is made of. */
export interface PullReceiverOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly maxMessageBytes: number;
}

/** Messages for a handler that reads. */
export class PullReceiver implements Receiver {
  readonly #options: PullReceiverOptions;
  readonly #inbox = new Inbox();
  readonly #waits: ReadWait<AnyResult>[] = [];
  #stream: StreamedMessage | null = null; // the last message that is, or was, streamed
  #isInFragments = false; // a reader has taken a fragment, and not the final one
  #isEnding = false;
  #hasEnded = false;

  constructor(options: PullReceiverOptions) {
    this.#options = options;
  }

  get heldBytes(): number {
    return this.#inbox.bytes;
  }

  /** Who is not waiting is about to read, or to answer what it has read. */
  get isBusy(): boolean {
    return this.#waits.length === 0 && !this.#isStreaming() && !this.#isEnding;
  }

  #isStreaming(): boolean {
    return this.#stream !== null && !this.#stream.isOver;
  }

  /**
   * Takes the next message, fragment or stream; `null` when there will be none. A step is made
   * here rather than of a message's promise: each promise more costs a message 0.1 µs and more.
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
      if (this.#hasEnded) return Promise.resolve(endOf(kind));
    }
    return this.#wait(kind, options, defaultTimeoutMs);
  }

  beginMessage(head: MessageHead): Delivery {
    const wait = this.#waits[0];
    if (wait?.kind === "stream") {
      this.#stream = this.#options.wire.frames!.makeStream(this.#options.wire);
      this.#answer(wait, this.#stream.face(head.type));
      return "chunk";
    }
    if (wait !== undefined) return wait.kind === "fragment" ? "fragment" : "message";
    const fits = head.frameBytes <= this.#options.maxMessageBytes;
    if ((head.isWhole && fits) || this.#isEnding) return "message";
    this.#options.wire.hold();
    return "wait";
  }

  message(data: Message): boolean {
    const wait = this.#waits[0];
    if (wait === undefined) return this.#keep(data);
    this.#answer(wait, this.#convert(wait.kind, data));
    return true;
  }

  fragment(data: Message, final: boolean): boolean {
    const stream = this.#stream;
    if (stream !== null && !stream.isOver) {
      const goOn = stream.push(data, final);
      if (this.#isEnding && stream.queuedBytes > this.#options.maxMessageBytes) {
        stream.cutShort(); // one chunk, inflated, can be a thousand times its size
      }
      return goOn || this.#holdBack();
    }
    if (final && !this.#isInFragments && this.#inbox.isEmpty) return this.message(data); // the whole of it
    const part = new Part(data, final), wait = this.#nextFragmentWait();
    if (wait === undefined) return this.#keep(part);
    this.#answer(wait, this.#convert(wait.kind, part));
    return true;
  }

  ending(): void {
    this.#isEnding = true;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stream?.cutShort();
    for (const wait of this.#waits.splice(0)) wait.resolve(endOf(wait.kind));
  }

  clear(): void {
    this.#inbox.clear();
    this.#isInFragments = false;
  }

  #readNext(kind: ReadKind): Promise<AnyResult> {
    try {
      return Promise.resolve(this.#took(kind, this.#inbox.shift()!));
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
    this.#options.wire.resume(); // what waits on the wire may be what is wanted
    return wait.promise;
  }

  /** The read that a fragment is for. Others were called before they could know of it. */
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
    if (next === undefined && this.#hasEnded) return null; // there is nothing to be in the middle of
    if (kind !== "fragment" && (this.#isInFragments || next instanceof Part)) {
      return conflict(UNFINISHED);
    }
    return null;
  }

  #answer(wait: ReadWait<AnyResult>, result: AnyResult): void {
    this.#shiftWaits();
    wait.resolve(result);
  }

  /** Of one, which it nearly always is, `pop` keeps the array as large as it is. */
  #shiftWaits(): void {
    const waits = this.#waits;
    if (waits.length > 1) waits.shift();
    else waits.pop();
  }

  #took(kind: ReadKind, entry: Message | Part): AnyResult {
    if (this.#inbox.hasRoom) this.#options.wire.resume();
    return this.#convert(kind, entry);
  }

  #convert(kind: ReadKind, entry: Message | Part): AnyResult {
    if (!(entry instanceof Part)) {
      if (kind === "message") return entry;
      if (kind === "step") return { done: false, value: entry };
    }
    const { data, final } = entry instanceof Part ? entry : { data: entry, final: true };
    const type = typeof data === "string" ? "text" : "binary";
    if (kind === "stream") {
      const stream = this.#options.wire.frames!.makeStream(this.#options.wire);
      stream.push(data, true);
      return stream.face(type);
    }
    this.#isInFragments = !final;
    return { type, data, final } as Fragment;
  }

  #keep(entry: Message | Part): boolean {
    this.#inbox.push(entry);
    return !this.#inbox.isFull || this.#holdBack();
  }

  #holdBack(): boolean {
    if (this.#isEnding) return true;
    this.#options.wire.hold();
    return false;
  }
}

/** What a read gives when there will be nothing more. */
function endOf(kind: ReadKind): Step | null {
  return kind === "step" ? { done: true, value: undefined } : null;
}

const UNFINISHED = "readFragment() has not reached the final fragment of its message";

function conflict(why: string): WebSocketError {
  return new WebSocketError("ERR_READ_CONFLICT", `read: ${why}`);
}
