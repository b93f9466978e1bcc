/**
 * The part that is common to transports which read by calling `read`: pausing, the end of each
 * direction, and closing. A subclass implements reading and writing. Writing is not shared, because
 * it decides the cost of a small message.
 *
 * @module
 */
import type { Address } from "../message.ts";
import type { Transport, TransportSink } from "./transport.ts";

/**
 * State of the direction to the peer. `end()` changes `open` to `ending`. When nothing waits to be
 * written any more, the state is `sending FIN`. After that, and after a write that failed, it is
 * `ended`.
 */
type Output = "open" | "ending" | "sending FIN" | "ended";

/** A transport whose subclass reads on request. `Read` is the result of one read. */
export abstract class PullTransport<Read> implements Transport {
  sink: TransportSink;
  takenBytes = 0;
  #isPaused = false;
  #wake: (() => void) | null = null;
  #input: "open" | "ended" = "open";
  #output: Output = "open";
  #writeCause: unknown;
  #hasOutputFailed = false;
  #isClosed = false;

  constructor(sink: TransportSink) {
    this.sink = sink;
  }

  abstract readonly remoteAddress: Address | null;
  abstract readonly bufferedAmount: number;
  abstract write(bytes: Uint8Array, start: number, end: number): boolean;

  /** Asks for the next bytes. One read is under way at a time. */
  protected abstract read(): Promise<Read>;
  /** Called after each read, whether it succeeded or failed, and before the transport pauses. */
  protected abstract onRead(): void;
  /** Gives the result of a read to the sink. Returns `false` if it was the peer's FIN. */
  protected abstract deliver(result: Read): boolean;
  /** Whether bytes wait to be written, so that FIN must wait for {@linkcode onWritten}. */
  protected abstract readonly isWriting: boolean;
  /** Sends FIN. */
  protected abstract closeWrite(): Promise<void>;
  /** Discards the output that waits. */
  protected abstract discardOutput(): void;
  /** Closes both directions. */
  protected abstract release(reason: unknown): void;

  /** Whether bytes may still be written. */
  protected get canWrite(): boolean {
    return this.#output === "open" && !this.#isClosed;
  }

  /** Whether the output has ended, so that the result of a write can be ignored. */
  protected get isOutputEnded(): boolean {
    return this.#output === "ended" || this.#isClosed;
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#hasOutputFailed) queueMicrotask(() => this.#close(this.#writeCause));
  }

  resume(): void {
    this.#isPaused = false;
    this.#wake?.();
  }

  end(): void {
    if (!this.canWrite) return;
    this.#output = "ending";
    this.onWritten();
  }

  abort(): void {
    if (this.#isClosed) return;
    this.#release("the connection was aborted");
    queueMicrotask(() => this.sink.onClose());
  }

  /**
   * Reads until the peer's FIN. The constructor of a subclass calls it. It is one loop for the life
   * of the connection, so that a read makes no closure. Never rejects.
   */
  protected async receive(): Promise<void> {
    try {
      for (;;) {
        const result = await this.read();
        this.onRead();
        if (this.#isPaused) await this.#untilResumed();
        if (this.#isClosed) return;
        if (!this.deliver(result)) break;
        if (this.#isPaused) await this.#untilResumed();
        if (this.#isClosed) return;
      }
    } catch (cause) {
      this.onRead();
      this.#close(cause);
      return;
    }
    this.#input = "ended";
    this.sink.onEnd();
    this.#closeIfEnded();
  }

  async #untilResumed(): Promise<void> {
    while (this.#isPaused && !this.#isClosed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** All output is written. Sends FIN if `end()` was called. */
  protected onWritten(): void {
    if (this.#output !== "ending" || this.isWriting || this.#isClosed) return;
    this.#output = "sending FIN";
    this.closeWrite().then(() => this.#endOutput(), (cause) => this.failOutput(cause));
  }

  /**
   * A write failed. Reading goes on, because the peer's last message and Close may be unread; when
   * the input ends too, the transport closes with this cause. A paused transport closes now,
   * because it may never be resumed.
   */
  protected failOutput(cause: unknown): void {
    if (this.isOutputEnded) return;
    this.#writeCause = cause;
    this.#hasOutputFailed = true;
    if (this.#isPaused) this.#close(cause);
    else this.#endOutput();
  }

  /**
   * The input failed. A pending read rejects too, but a paused transport may have no pending read.
   */
  protected failInput(cause: unknown): void {
    if (this.#isPaused) this.#close(cause);
  }

  #endOutput(): void {
    this.#output = "ended";
    this.discardOutput();
    this.#closeIfEnded();
  }

  #closeIfEnded(): void {
    if (this.#input === "ended" && this.#output === "ended") this.#close(this.#writeCause);
  }

  #close(cause: unknown): void {
    if (this.#isClosed) return;
    this.#release(cause);
    this.sink.onClose(cause);
  }

  #release(reason: unknown): void {
    this.#isClosed = true;
    this.discardOutput();
    this.#wake?.();
    this.release(reason);
  }
}
