/**
 * RFC 6455 frames over a transport: where the synchronous protocol meets the runtime's
 * socket. Chunks go in, one write per chunk comes out.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { FramedContext } from "./framed_context.ts";
import type { Unread } from "../connection/endings.ts";
import type { FrameFeatures } from "../connection/framing.ts";
import type { Address } from "../message.ts";
import type { MessageOptions } from "../protocol/message_writer.ts";
import type { Output } from "../protocol/output.ts";
import type { ClosableCodec } from "./compression.ts";
import type { SharedOutput } from "./shared_output.ts";
import type { Wire, WireSink } from "../connection/wire.ts";
import { EMPTY_BYTES } from "../bytes.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { checkClose } from "../protocol/control_payload.ts";
import { frameFeatures } from "./frame_features.ts";
import { transferredError } from "../connection/inbox.ts";
import { Protocol } from "../protocol/protocol.ts";
import { HIGH_WATER_BYTES, type Transport, type TransportSink } from "../transport/transport.ts";

/** What a frame wire is made of. */
export interface FrameWireOptions {
  readonly transport: Transport;
  readonly context: FramedContext;
  /** The agreed compression, if any. */
  readonly compression?: ClosableCodec | null;
}

/** What came and is not all decoded, while paused. */
interface Rest {
  readonly chunk: Uint8Array;
  /** Where the rest begins. */
  readonly at: number;
}

const NO_REST: Rest = { chunk: EMPTY_BYTES, at: 0 };

/** One connection's frames. */
export class FrameWire implements Wire, TransportSink, Output {
  readonly #transport: Transport;
  readonly #context: FramedContext;
  readonly #compression: ClosableCodec | null;
  readonly #output: SharedOutput; // a field: V8 leaves its fast code for each use of a private getter
  #protocol!: Protocol;
  #sink!: WireSink;
  #rest: Rest | null = null;
  #isPausedBySink = false; // by the sink
  #isTransportPaused = false; // the transport, for the sink or for the codec
  #isReceiving = false;
  #isTurnSet = false; // in which the next slice of a large message is sent
  #ends: (() => void)[] | null = null; // what the transport told while its last chunk was decoded

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

  get isCongested(): boolean {
    // Written out: asked for each message, `#isTransportFull` or a function makes it 4 % slower on Bun.
    return this.#transport.bufferedAmount > HIGH_WATER_BYTES || this.#protocol.isSending;
  }

  get isPaused(): boolean {
    return this.#isPausedBySink || this.#protocol.isWaiting;
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
      onDecoded: compression === null ? undefined : () => this.#goOn(),
    });
    this.#transport.sink = this;
  }

  receive(rest: Uint8Array): void {
    this.onChunk(rest);
  }

  reserve(size: number): number {
    return this.#output.reserve(this.#transport, size);
  }

  release(size: number): void {
    this.#output.release(size);
  }

  onChunk(chunk: Uint8Array): boolean {
    this.#sink.onActivity();
    this.#output.cork();
    const isFree = this.#receive(chunk, 0);
    this.#output.uncork();
    return isFree;
  }

  get readTarget(): Uint8Array | null {
    return this.#protocol.readTarget;
  }

  onEnd(): void {
    this.#afterRest(() => this.#sink.onEnd());
  }

  onDrain(): void {
    this.#output.onDrain(this.#transport);
    this.#protocol.sendOwedPong();
    if (this.#protocol.isSending) this.#sendSoon();
    else this.#sink.onDrain();
  }

  onClose(cause?: unknown): void {
    this.#afterRest(() => {
      this.#protocol.receiveEnd();
      this.#output.onClosed(this.#transport);
      this.#compression?.close();
      this.#sink.onClosed(cause);
    });
  }

  sendMessage(message: Message, options: MessageOptions): void {
    this.#protocol.sendMessage(message, options);
    if (this.#protocol.isSending) this.#sendSoon();
  }

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
    this.#goOn();
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

  #isTransportFull(): boolean {
    return this.#transport.bufferedAmount > HIGH_WATER_BYTES;
  }

  /** The transport is over: decodes what was held back, at most one chunk, and tells then. */
  #afterRest(tell: () => void): void {
    if (this.#isTransportPaused) {
      this.#sink.onEnding();
      this.resume();
    }
    if (this.#protocol.isWaiting) (this.#ends ??= []).push(tell);
    else tell();
  }

  /** Returns whether nobody refers to the chunk any more. */
  #receive(chunk: Uint8Array, start: number): boolean {
    const protocol = this.#protocol, { length } = chunk;
    this.#isReceiving = true;
    let at = protocol.receive(chunk, start);
    while ((at < chunk.length || protocol.isDecoding) && !this.isPaused) {
      if (chunk.length < length) break;
      at = protocol.receive(chunk, at);
    }
    this.#isReceiving = false;
    if (at < length && chunk.length === 0) this.#failEmptied();
    const isFree = !protocol.hasSharedChunk;
    if (!this.isPaused) return isFree;
    this.#isTransportPaused = true;
    this.#transport.pause();
    if (at >= chunk.length) return isFree;
    this.#rest = { chunk, at };
    return false;
  }

  /** The handler has transferred the buffer of a message that shares it with what follows. */
  #failEmptied(): void {
    const code = CloseCode.InternalError;
    if (this.#protocol.state === "open") this.#protocol.sendClose(code);
    this.#sink.onFailed({ code, reason: "", cause: transferredError() });
  }

  /** Decodes what was held back, unless it must wait longer. */
  #goOn(): void {
    if (!this.#isTransportPaused || this.#isPausedBySink || this.#isReceiving) return;
    const { chunk: rest, at } = this.#rest ?? NO_REST;
    this.#rest = null;
    this.#isTransportPaused = false;
    this.#output.cork();
    if (rest.length < at) this.#failEmptied();
    else this.#receive(rest, at);
    this.#output.uncork();
    if (!this.#isTransportPaused) this.#transport.resume();
    if (this.#protocol.isWaiting) return;
    const ends = this.#ends;
    this.#ends = null;
    ends?.forEach((tell) => tell());
  }

  #sendSoon(): void {
    if (this.#isTurnSet) return;
    this.#isTurnSet = true;
    this.#compression?.nextTurn(() => this.#sendNext());
  }

  /** One slice of what waits, once the transport can take it; a pong may go before. */
  #sendNext(): void {
    this.#isTurnSet = false;
    const protocol = this.#protocol;
    if (!protocol.isSending || this.#isTransportFull()) return; // it was closed, or `onDrain` follows
    protocol.sendOwedPong();
    protocol.sendNext();
    if (protocol.isSending) this.#sendSoon();
    else if (!this.#isTransportFull()) this.#sink.onDrain();
  }
}
