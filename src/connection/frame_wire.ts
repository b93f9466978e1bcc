/**
 * RFC 6455 frames over a transport: where the synchronous protocol meets the runtime's
 * socket. Chunks go in, one write per chunk comes out.
 *
 * @module
 */
import type { Message } from "../handler.ts";
import type { MessageOptions } from "../protocol/message_writer.ts";
import type { Output } from "../protocol/output.ts";
import type { Role } from "../protocol/role.ts";
import type { ClosableCodec } from "./compression.ts";
import type { Platform } from "./platform.ts";
import type { SharedOutput } from "./shared_output.ts";
import type { Wire, WireSink } from "./wire.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { transferredError } from "./inbox.ts";
import { Protocol } from "../protocol/protocol.ts";
import { type Address, HIGH_WATER_BYTES, type Transport, type TransportSink } from "./transport.ts";

const NOTHING: Uint8Array = new Uint8Array(0);

/** What a frame wire is made of. */
export interface FrameWireOptions {
  readonly role: Role;
  readonly transport: Transport;
  readonly platform: Platform;
  readonly maxMessageBytes: number;
  /** The agreed compression, if any. */
  readonly compression?: ClosableCodec | undefined;
}

/** One connection's frames. */
export class FrameWire implements Wire, TransportSink, Output {
  readonly hasFrames = true;
  readonly #transport: Transport;
  readonly #shared: SharedOutput;
  readonly #options: FrameWireOptions;
  #protocol!: Protocol;
  #sink!: WireSink;
  #rest: Uint8Array = NOTHING; // the chunk that came and is not all decoded, while held
  #restAt = 0; // where the rest begins
  #isHeld = false;
  #isReceiving = false;

  constructor(options: FrameWireOptions) {
    this.#options = options;
    this.#transport = options.transport;
    this.#shared = options.platform.output;
  }

  get remoteAddress(): Address | null {
    return this.#transport.remoteAddress;
  }

  get bufferedAmount(): number {
    return this.#transport.bufferedAmount + this.#shared.pendingOf(this.#transport);
  }

  get isCongested(): boolean {
    return this.#transport.bufferedAmount > HIGH_WATER_BYTES;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  get bytes(): Uint8Array {
    return this.#shared.bytes;
  }

  start(sink: WireSink): void {
    const { role, platform, maxMessageBytes, compression } = this.#options;
    this.#sink = sink;
    this.#protocol = new Protocol({
      role,
      sink,
      output: this,
      maxMessageBytes,
      minSharedBytes: platform.minSharedBytes,
      maskingKeys: platform.maskingKeys,
      codec: compression?.codec,
    });
    this.#transport.sink = this;
  }

  receive(rest: Uint8Array): void {
    this.onChunk(rest);
  }

  reserve(size: number): number {
    return this.#shared.reserve(this.#transport, size);
  }

  release(size: number): void {
    this.#shared.release(size);
  }

  onChunk(chunk: Uint8Array): boolean {
    this.#sink.heard();
    this.#shared.cork();
    const isFree = this.#receive(chunk, 0);
    this.#shared.uncork();
    return isFree;
  }

  onEnd(): void {
    this.#takeRest();
    this.#sink.ended();
  }

  onDrain(): void {
    this.#shared.drained(this.#transport);
    this.#protocol.sendOwedPong();
    this.#sink.drained();
  }

  onClose(cause?: unknown): void {
    this.#takeRest();
    this.#protocol.receiveEnd();
    this.#shared.closed(this.#transport);
    this.#options.compression?.close();
    this.#sink.lost(cause);
  }

  sendMessage(message: Message, options: MessageOptions): void {
    this.#protocol.sendMessage(message, options);
  }

  sendPing(payload: Uint8Array): void {
    this.#protocol.sendPing(payload);
  }

  sendPong(payload: Uint8Array): void {
    this.#protocol.sendPong(payload);
  }

  checkClose(): void {}

  sendClose(code: number | undefined, reason: string): void {
    this.#protocol.sendClose(code, reason);
  }

  hold(): void {
    this.#isHeld = true;
  }

  resume(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (this.#isReceiving) return; // the loop below goes on by itself
    const rest = this.#rest, at = this.#restAt;
    this.#rest = NOTHING;
    this.#restAt = 0;
    this.#shared.cork();
    if (rest.length < at) this.#failEmptied();
    else this.#receive(rest, at);
    this.#shared.uncork();
    if (!this.#isHeld) this.#transport.resume();
  }

  discardMessage(): void {
    this.#protocol.discardMessage();
  }

  cork(): void {
    this.#shared.cork();
  }

  uncork(): void {
    this.#shared.uncork();
  }

  finish(): void {
    if (this.#options.role === "server") this.end(); // a client waits for the server's FIN
  }

  end(): void {
    if (this.#shared.pendingOf(this.#transport) > 0) this.#shared.flush();
    this.#transport.end();
  }

  abort(): void {
    this.#protocol.receiveEnd(); // what is held back is not to be heard any more
    this.#transport.abort();
  }

  /** Decodes what was held back: the transport is over, and what it left is at most one chunk. */
  #takeRest(): void {
    if (!this.#isHeld) return;
    this.#sink.ending();
    this.resume();
  }

  /** Returns whether nobody refers to the chunk any more. */
  #receive(chunk: Uint8Array, start: number): boolean {
    const { length } = chunk;
    this.#isReceiving = true;
    let at = this.#protocol.receive(chunk, start);
    while (at < chunk.length && !this.#isHeld) at = this.#protocol.receive(chunk, at);
    this.#isReceiving = false;
    if (at < length && chunk.length === 0) this.#failEmptied();
    const isFree = !this.#protocol.hasSharedChunk;
    if (!this.#isHeld) return isFree;
    this.#transport.pause();
    if (at >= chunk.length) return isFree;
    this.#rest = chunk;
    this.#restAt = at;
    return false;
  }

  /** The handler has transferred the buffer of a message that shares it with what follows. */
  #failEmptied(): void {
    const code = CloseCode.InternalError;
    if (this.#protocol.state === "open") this.#protocol.sendClose(code);
    this.#sink.failed({ code, reason: "", cause: transferredError() });
  }
}
