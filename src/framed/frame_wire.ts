/**
 * RFC 6455 frames over a transport. Connects the synchronous protocol to the runtime's socket:
 * chunks go in, and the replies to each chunk leave in one write.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { FramedContext } from "./framed_context.ts";
import type { Unread } from "../connection/endings.ts";
import type { FrameFeatures } from "../connection/framing.ts";
import type { Address } from "../message.ts";
import type { OutputSlot } from "./gathered_output.ts";
import type { Output } from "../protocol/output.ts";
import type { ClosableCodec } from "./compression.ts";
import type { SharedOutput } from "./shared_output.ts";
import type { Wire, WireSink } from "../connection/wire.ts";
import { ARRIVED_SHIFT, DROPPED_SHIFT, WORK_PER_TURN } from "../connection/work.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { checkClose } from "../protocol/control_payload.ts";
import { frameFeatures } from "./frame_features.ts";
import { transferredError } from "../connection/transferred.ts";
import { type MessageOptions, WHOLE_MESSAGE } from "../protocol/message_options.ts";
import { Protocol } from "../protocol/protocol.ts";
import { repeatedMessage } from "./repeated_message.ts";
import { Sharing } from "./sharing.ts";
import { SliceSender } from "./slice_sender.ts";
import { beginRest, endRest, firstWork, MANY_RESTING, resting } from "./resting.ts";
import { NO_CHUNK, type PendingChunk, type ReadingState } from "./reading_state.ts";
import { HIGH_WATER_BYTES, type Transport, type TransportSink } from "../transport/transport.ts";

/** Options of {@linkcode FrameWire}. */
export interface FrameWireOptions {
  readonly transport: Transport;
  readonly context: FramedContext;
  /** The agreed compression, if any. */
  readonly compression?: ClosableCodec | null;
}

/**
 * The frames of one connection.
 *
 * It is one object with the roles of wire, sink of the transport and output of the protocol,
 * because idle connections pay for each object: three objects would be 110 bytes more, by
 * calculation, of the 930 bytes of a connection on Node (docs/bench.md).
 */
export class FrameWire implements Wire, TransportSink, Output {
  /**
   * Called with the size of each shared message. It is only declared, so that connections without
   * observers have no such field.
   */
  declare onShared?: (size: number) => void;
  readonly #transport: Transport;
  readonly #context: FramedContext;
  readonly #compression: ClosableCodec | null;
  // A field: V8 leaves its fast code for each use of a private getter.
  readonly #output: SharedOutput;
  #protocol!: Protocol;
  #sink!: WireSink;
  #slices: SliceSender | null = null; // with compression
  #reading: ReadingState = "flowing";
  #isPausedBySink = false;
  #isResting = false; // while other peers have their turn
  #pending: PendingChunk | null = null;
  // While draining: the events of the transport that are told later.
  #ends: (() => void)[] | null = null;
  #sharing: Sharing | null = null; // made when the first shared message is sent
  #slot: OutputSlot | null = null; // of the output, when a loop has sent on many connections

  constructor({ transport, context, compression = null }: FrameWireOptions) {
    this.#transport = transport;
    this.#context = context;
    this.#output = context.platform.output;
    this.#compression = compression;
  }

  get frames(): FrameFeatures {
    return frameFeatures;
  }

  get remoteAddress(): Address | null {
    return this.#transport.remoteAddress;
  }

  get bufferedAmount(): number {
    const written = this.#transport.bufferedAmount + this.#output.pendingOf(this.#transport);
    return written + this.#protocol.waitingAmount;
  }

  get takenBytes(): number {
    return this.#transport.takenBytes;
  }

  get unreadBytes(): number {
    const { chunk, start } = this.#pending ?? NO_CHUNK;
    return Math.max(0, chunk.length - start); // a transferred buffer has no length
  }

  get isCongested(): boolean {
    // Written out, because it is read for each message: a function makes an echo 4 % slower on Bun.
    return this.#transport.bufferedAmount > HIGH_WATER_BYTES || this.#protocol.isSending;
  }

  get isPaused(): boolean {
    return this.#isPausedBySink || this.#isResting || this.#protocol.isWaiting;
  }

  /**
   * Sends messages that are shared with other connections. Only servers can share, because the
   * frames of clients are masked.
   */
  get sharing(): Sharing {
    return this.#sharing ??= new Sharing({
      transport: this.#transport,
      output: this.#output,
      protocol: this.#protocol,
      codec: this.#compression?.codec ?? null,
      maxBufferedBytes: this.#context.limits.maxBufferedBytes,
      onShared: this.onShared,
      onTooMuch: (failure) => this.#sink.onFailed(failure),
    });
  }

  get bytes(): Uint8Array {
    return this.#output.bytes;
  }

  start(sink: WireSink): void {
    const { role, platform, limits: { maxMessageBytes } } = this.#context;
    const compression = this.#compression;
    this.#sink = sink;
    this.#protocol = new Protocol({
      role,
      sink,
      output: this,
      maxMessageBytes,
      tuning: platform.tuning,
      maskingKeys: platform.maskingKeys,
      codec: compression?.codec,
      onDecoded: compression === null ? undefined : () => this.#decodePending(),
    });
    if (compression !== null) {
      this.#slices = new SliceSender({
        protocol: this.#protocol,
        transport: this.#transport,
        nextTurn: compression.nextTurn,
        onDrain: () => this.#onRoom(),
      });
    }
    this.#transport.sink = this;
  }

  receive(early: Uint8Array): void {
    this.onChunk(early);
  }

  reserve(size: number): number {
    return this.#output.reserve(this.#transport, size);
  }

  release(size: number): void {
    this.#output.release(size);
  }

  onChunk(chunk: Uint8Array): boolean {
    const sink = this.#sink, output = this.#output;
    sink.onActivity(chunk.length);
    sink.work += chunk.length >> (this.#protocol.state === "open" ? ARRIVED_SHIFT : DROPPED_SHIFT);
    if (resting > MANY_RESTING) sink.work = Math.max(sink.work, firstWork());
    output.cork();
    try {
      return this.#receive(chunk, 0);
    } finally {
      output.uncork(); // even after an error, because all connections use this output
    }
  }

  get readTarget(): Uint8Array | null {
    return this.#protocol.readTarget;
  }

  onEnd(): void {
    this.#whenDrained(() => this.#sink.onEnd());
  }

  onEnding(): void {
    if (this.#reading === "flowing") return;
    this.#sink.onEnding();
    this.resume();
  }

  onDrain(): void {
    this.#output.onDrain(this.#transport);
    this.#protocol.sendOwedPong();
    if (this.#slices === null || !this.#slices.schedule()) this.#onRoom();
  }

  onClose(cause?: unknown): void {
    this.#whenDrained(() => {
      this.#protocol.receiveEnd();
      this.#output.onClosed(this.#transport);
      this.#compression?.close();
      this.#sharing?.onDrain(); // publishers wait no more
      this.#sink.onClosed(cause);
    });
  }

  sendMessage(message: Message, options: MessageOptions): void {
    if (this.#output.mayRepeat && options === WHOLE_MESSAGE && this.#repeat(message)) return;
    this.#protocol.sendMessage(message, options);
    this.#slices?.schedule();
    if (this.#sharing !== null) this.#sharing.sendWaiting();
  }

  sendStreamed(): void {} // `frames` does it

  sendPing(payload: Uint8Array): void {
    this.#protocol.sendPing(payload);
  }

  sendPong(payload: Uint8Array): void {
    this.#protocol.sendPong(payload);
  }

  checkClose(code: number, reason: string): void {
    if (code !== CloseCode.NoStatusReceived || reason !== "") checkClose(code, reason);
  }

  sendClose(code: number | undefined, reason: string): void {
    this.#protocol.sendClose(code === CloseCode.NoStatusReceived ? undefined : code, reason);
  }

  pause(): void {
    this.#isPausedBySink = true;
  }

  resume(): void {
    this.#isPausedBySink = false;
    this.#decodePending();
  }

  ignoreInput(): void {
    this.#protocol.receiveEnd();
  }

  discardMessage(): void {
    this.#protocol.discardMessage();
  }

  cork(): void {
    this.#output.cork();
  }

  uncork(): void {
    this.#output.uncork();
  }

  finish(): void {
    if (this.#context.role === "server") this.end(); // a client waits for the server's FIN
  }

  end(): void {
    if (this.#output.pendingOf(this.#transport) > 0) this.#output.flush();
    this.#transport.end();
  }

  abort(unread: Unread): void {
    if (unread === "drop") this.#protocol.receiveEnd(); // decodes no more
    this.#transport.abort();
  }

  /** Sends a message that was sent to another connection just now. Returns whether it was. */
  #repeat(message: Message): boolean {
    const protocol = this.#protocol;
    if (!this.#output.isBroadcast(this.#transport, message)) return false;
    if (this.#compression !== null || this.#context.role === "client") return false;
    if (protocol.state !== "open" || !protocol.isBetweenMessages) return false;
    const frame = repeatedMessage.frameOf(message);
    if (frame === null) return false;
    this.#output.share(this.#slot ??= this.#output.slotOf(this.#transport), frame);
    return true;
  }

  #onRoom(): void {
    if (this.#sharing !== null) {
      this.#sharing.sendWaiting();
      this.#sharing.onDrain();
    }
    this.#sink.onDrain();
  }

  /**
   * The transport has ended. Decodes the pending bytes, at most one chunk, and then calls `tell`.
   */
  #whenDrained(tell: () => void): void {
    this.onEnding();
    if (!this.#isResting && !this.#protocol.isWaiting) return tell();
    this.#reading = "draining";
    (this.#ends ??= []).push(tell);
  }

  /** Decodes a chunk from `start` on. Returns whether nothing refers to the chunk any more. */
  #receive(chunk: Uint8Array, start: number): boolean {
    const protocol = this.#protocol, sink = this.#sink, { length } = chunk;
    this.#reading = "decoding";
    let at = protocol.receive(chunk, start);
    if (sink.work >= WORK_PER_TURN) this.#rest();
    while ((at < chunk.length || protocol.isDecoding) && !this.isPaused) {
      if (chunk.length < length) break;
      at = protocol.receive(chunk, at);
      if (sink.work >= WORK_PER_TURN) this.#rest();
    }
    this.#reading = "flowing";
    if (at < length && chunk.length === 0) this.#failTransferred();
    const isReusable = !protocol.hasSharedChunk;
    if (!this.isPaused) return isReusable;
    this.#reading = this.#ends === null ? "paused" : "draining";
    this.#transport.pause();
    if (at >= chunk.length) return isReusable;
    this.#pending = { chunk, start: at };
    return false;
  }

  /**
   * This peer has had its share of the turn. The rest of its bytes waits for a later turn of the
   * event loop.
   */
  #rest(): void {
    this.#isResting = true;
    beginRest();
    this.#context.platform.nextTurn(() => {
      this.#sink.work = firstWork();
      endRest();
      this.#isResting = false;
      this.#decodePending();
    });
  }

  /**
   * Fails the connection, because the handler has transferred a message's buffer, and with it the
   * bytes after it in the same chunk.
   */
  #failTransferred(): void {
    const code = CloseCode.InternalError;
    if (this.#protocol.state === "open") this.#protocol.sendClose(code);
    this.#sink.onFailed({ code, reason: "", cause: transferredError() });
  }

  /** Decodes the pending bytes, unless the sink has paused. */
  #decodePending(): void {
    const reading = this.#reading;
    if (reading === "flowing" || reading === "decoding") return;
    if (this.#isPausedBySink || this.#isResting) return;
    const { chunk, start } = this.#pending ?? NO_CHUNK;
    this.#pending = null;
    this.#reading = "flowing";
    this.#output.cork();
    try {
      if (chunk.length < start) this.#failTransferred();
      else this.#receive(chunk, start);
    } finally {
      this.#output.uncork();
    }
    if (this.#reading === "flowing") this.#transport.resume();
    if (this.#isResting || this.#protocol.isWaiting) return;
    const ends = this.#ends;
    this.#ends = null;
    ends?.forEach((tell) => tell());
  }
}
