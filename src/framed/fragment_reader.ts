/**
 * Reading by message, fragment or stream: `read`, `readFragment`, `readStream`. While no read
 * waits, whole messages are kept up to a limit. Larger or fragmented messages stay on the wire,
 * because only the next read decides whether they are delivered whole, by fragment or as a stream.
 *
 * @module
 */
import type { Fragment } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Delivery, MessageHead } from "../protocol/protocol_sink.ts";
import type { FramedReaderOptions } from "../connection/framing.ts";
import type { ReadKind, ReadWait } from "../connection/read_wait.ts";
import { isMessage, type UnreadFragment } from "../connection/inbox.ts";
import { type AnyResult, PullReceiver } from "../connection/pull_receiver.ts";
import { checkTransferred } from "../connection/transferred.ts";
import { WebSocketError } from "../errors.ts";
import { IncomingStream } from "./incoming_stream.ts";

/** The messages, fragments and streams of a handler that reads. */
export class FragmentReader extends PullReceiver<Message | UnreadFragment> {
  readonly #wire: FramedReaderOptions["wire"];
  readonly #maxMessageBytes: number;
  #stream: IncomingStream | null = null; // the last message that was read as a stream
  #isInFragments = false; // a reader has taken a fragment, and not the final one

  constructor(options: FramedReaderOptions) {
    super(options);
    this.#wire = options.wire;
    this.#maxMessageBytes = options.maxMessageBytes;
  }

  override get isBusy(): boolean {
    return this.waits.length === 0 && !this.#isStreaming() && this.state === "open";
  }

  beginMessage(head: MessageHead): Delivery {
    const wait = this.waits[0];
    if (wait?.kind === "stream") {
      const stream = this.#stream = new IncomingStream(this.#wire);
      this.answer(wait, stream.toMessageStream(head.type));
      return "chunk";
    }
    if (wait !== undefined) return wait.kind === "fragment" ? "fragment" : "message";
    const fits = head.frameBytes <= this.#maxMessageBytes;
    if ((head.isWhole && fits) || this.state !== "open") return "message";
    this.#wire.pause();
    return "wait";
  }

  onMessage(data: Message): boolean {
    return this.deliver(data);
  }

  onFragment(data: Message, final: boolean): boolean {
    const stream = this.#stream;
    if (stream !== null && !stream.isEnded) {
      const wantsMore = stream.push(data, final);
      if (this.state === "ending" && stream.queuedBytes > this.#maxMessageBytes) {
        stream.fail(); // a chunk can inflate to a thousand times its size
      }
      return wantsMore || this.pause();
    }
    const isWhole = final && !this.#isInFragments && this.inbox.isEmpty;
    if (isWhole) return this.deliver(data);
    this.#rejectOtherWaits();
    return this.deliver({ data, final });
  }

  override onEnd(): void {
    if (this.state !== "ended") this.#stream?.fail();
    super.onEnd();
  }

  override discard(): void {
    super.discard();
    this.#isInFragments = false;
  }

  protected conflictOf(kind: ReadKind): Error | null {
    if (this.#isStreaming()) {
      return conflict("the stream of the last message is neither finished nor cancelled");
    }
    const next = this.inbox.peek();
    if (next === null && this.state === "ended") return null; // no message is unfinished
    if (kind !== "fragment" && (this.#isInFragments || next !== null && !isMessage(next))) {
      return conflict(UNFINISHED);
    }
    return null;
  }

  protected convert(kind: ReadKind, entry: Message | UnreadFragment): AnyResult {
    checkTransferred(isMessage(entry) ? entry : entry.data);
    if (isMessage(entry)) {
      if (kind === "message") return entry;
      if (kind === "step") return { done: false, value: entry };
    }
    const { data, final } = isMessage(entry) ? { data: entry, final: true } : entry;
    const type = typeof data === "string" ? "text" : "binary";
    if (kind === "stream") {
      const stream = new IncomingStream(this.#wire);
      stream.push(data, true);
      return stream.toMessageStream(type);
    }
    this.#isInFragments = !final;
    return { type, data, final } as Fragment;
  }

  #isStreaming(): boolean {
    return this.#stream !== null && !this.#stream.isEnded;
  }

  /** A fragment answers `readFragment` only. Other reads before it are refused. */
  #rejectOtherWaits(): void {
    let wait: ReadWait<AnyResult> | undefined = this.waits[0];
    for (; wait !== undefined && wait.kind !== "fragment"; wait = this.waits[0]) {
      this.shiftWaits();
      wait.reject(conflict(UNFINISHED));
    }
  }
}

const UNFINISHED = "readFragment() has not reached the final fragment of its message";

function conflict(why: string): WebSocketError {
  return new WebSocketError("ERR_READ_CONFLICT", `read: ${why}`);
}
