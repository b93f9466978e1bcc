/**
 * RFC 6455 sections 5 to 7 as one synchronous state machine, for either role. It takes received
 * bytes, calls a sink, and writes the frames to send into an output. It uses no I/O, time or
 * randomness.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Violation } from "./violations.ts";
import type { Output } from "./output.ts";
import type { ProtocolSink } from "./protocol_sink.ts";
import type { Role } from "./role.ts";
import { WebSocketError } from "../errors.ts";
import { CloseCode } from "./close_code.ts";
import { checkClosePayload, encodeClose, toControlPayload } from "./control_payload.ts";
import { FrameEncoder, WHOLE } from "./frame_encoder.ts";
import { acquireReader, FrameReader, releaseReader } from "./frame_reader.ts";
import { MessageWriter, writeWhole } from "./message_writer.ts";
import { type MessageOptions, WHOLE_MESSAGE } from "./message_options.ts";
import { MessageQueue } from "./message_queue.ts";
import { Opcode } from "./opcode.ts";
import {
  type ProtocolOptions,
  type ResolvedProtocolOptions,
  resolveProtocolOptions,
} from "./protocol_options.ts";
import { nextState, type ProtocolEvent, type ProtocolState } from "./protocol_state.ts";
import { decodeUtf8 } from "./utf8.ts";

/**
 * One endpoint of one connection, after the opening handshake.
 *
 * @example A server that echoes
 * ```ts
 * import { CollectingOutput, Protocol } from "@fullduplex/websocket/protocol";
 *
 * const output = new CollectingOutput();
 * const protocol = new Protocol({
 *   role: "server",
 *   output,
 *   sink: {
 *     beginMessage: () => "message",
 *     onMessage(data) {
 *       protocol.sendMessage(data); // an echo
 *       return true;
 *     },
 *     onFragment: () => true,
 *     onPing() {},
 *     onPong() {},
 *     onClose() {},
 *     onViolation() {},
 *   },
 * });
 * protocol.receive(Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69)); // "hi", masked with 0
 * console.log(output.take()); // Uint8Array [ 0x81, 0x02, 0x68, 0x69 ]
 * ```
 */
export class Protocol {
  readonly #options: ResolvedProtocolOptions;
  readonly #sink: ProtocolSink;
  readonly #output: Output;
  readonly #encoder: FrameEncoder;
  #writer: MessageWriter | null = null; // with a codec, and from the first fragment on
  #queue: MessageQueue | null = null; // with a codec
  // Taken from the pool while a message is unfinished; not pooled with a codec.
  #reader: FrameReader | null = null;
  #state: ProtocolState = "open";
  #owedPong: Uint8Array | null = null; // payload of the latest ping that is not answered
  // The peer's violation, while failing the connection is delayed.
  #violation: Violation | null = null;
  #hasSharedChunk = false;

  /**
   * Makes a machine in the state after the opening handshake.
   *
   * @throws {TypeError} if the client role has no `maskingKeys` (RFC 6455 section 5.3).
   * @throws {RangeError} if `maxMessageBytes` is not a number of bytes.
   */
  constructor(options: ProtocolOptions) {
    const { sink, output, codec, onDecoded } = options;
    const resolved = this.#options = resolveProtocolOptions(options);
    this.#sink = sink;
    this.#output = output;
    this.#encoder = new FrameEncoder(
      output,
      options.role === "client" ? options.maskingKeys : null,
      resolved.textAcceleration,
    );
    if (codec === undefined) return;
    this.#writer = new MessageWriter(this.#encoder, codec);
    if (resolved.sendsInTurns) this.#queue = new MessageQueue(this.#writer);
    this.#reader = new FrameReader({ codec, onDecoded }, this, sink, resolved);
  }

  /** Our side of the connection. */
  get role(): Role {
    return this.#options.role;
  }

  /** State of the closing handshake (RFC 6455 section 7.1). */
  get state(): ProtocolState {
    return this.#state;
  }

  /**
   * Whether received bytes are not all delivered, although `receive` returned the chunk's length.
   * Call `receive` again then, with more bytes or with an empty chunk.
   */
  get isDecoding(): boolean {
    return this.#reader !== null && this.#reader.isDecoding && this.#violation === null;
  }

  /** Whether the codec is still working, so that `receive` delivers nothing before `onDecoded`. */
  get isWaiting(): boolean {
    return this.#reader !== null && this.#reader.isWaiting;
  }

  /**
   * Takes bytes from the peer, and unmasks them in place. Returns the offset that it reached. That
   * is less than the chunk's length if the sink wanted no more for now or a message is being
   * decoded. Call it again then, with the rest of the chunk (or an empty one, if nothing is left).
   *
   * No input makes it throw: a peer's mistake fails the connection (RFC 6455 section 7.1.7).
   */
  receive(chunk: Uint8Array, start = 0): number {
    if (this.#violation !== null) this.onViolation(this.#violation);
    // Bytes after Close (RFC 6455 section 5.5.1) or after a violation are ignored.
    if (this.#ignoresInput()) return chunk.length;
    const reader = this.#reader ?? this.#acquire();
    if (reader.isDecoding && (!reader.resumeDecoding() || this.#hasEnded())) {
      return this.#ignoresInput() ? chunk.length : start;
    }
    if (start === 0) this.#hasSharedChunk = false;
    const at = reader.read(chunk, start);
    if (reader.consumeSharedFlag()) this.#hasSharedChunk = true;
    if (reader.isIdle && !this.#ignoresInput()) this.#release(reader);
    return this.#hasEnded() ? chunk.length : at;
  }

  /**
   * Whether messages of the last chunk are views of it. If so, the chunk must not be written to
   * again. Only with `tuning.minSharedBytes`, or if a large message was alone in its chunk.
   */
  get hasSharedChunk(): boolean {
    return this.#hasSharedChunk;
  }

  /**
   * The memory for the next bytes of the payload in progress, if its place is known: bytes that
   * are read to the beginning of it and passed to `receive` as a view of it are not copied. `null`
   * if there is none. Valid until the next call of `receive`.
   */
  get readTarget(): Uint8Array | null {
    return this.#reader === null ? null : this.#reader.readTarget;
  }

  /** The transport has ended: no bytes follow. An unfinished message is dropped. */
  receiveEnd(): void {
    this.#reader?.discard();
    this.#queue?.clear();
    this.#move("end");
  }

  /**
   * Sends a message, or with `final: false` a fragment that the next call continues (RFC 6455
   * section 5.4).
   *
   * @throws {WebSocketError} `ERR_CLOSED` unless `state` is `"open"`.
   * @throws {TypeError} if `data` is neither a string nor a `Uint8Array`, or continues a message of
   * the other type.
   */
  sendMessage(data: Message, options: MessageOptions = WHOLE_MESSAGE): void {
    this.#mustBeOpen("sendMessage");
    const queue = this.#queue;
    if (queue !== null && queue.mustTake(data, options)) queue.add(data, options);
    else if (this.#writer === null && options.final) writeWhole(this.#encoder, data);
    else (this.#writer ??= new MessageWriter(this.#encoder, null)).write(data, options);
  }

  /** Whether messages wait for `sendNext`. Only with `tuning.sendsInTurns` and a codec. */
  get isSending(): boolean {
    return this.#queue !== null && !this.#queue.isEmpty;
  }

  /** Whether no message is unfinished, and none waits for `sendNext`. */
  get isBetweenMessages(): boolean {
    return (this.#writer === null || this.#writer.openType === null) && !this.isSending;
  }

  /** Amount that waits for `sendNext`: bytes of binary messages, characters of text. */
  get waitingAmount(): number {
    return this.#queue === null ? 0 : this.#queue.length;
  }

  /** Encodes and writes the next slice of the messages that wait. */
  sendNext(): void {
    if (this.#state === "open") this.#queue?.writeNext();
  }

  /**
   * Sends a ping (RFC 6455 section 5.5.2).
   *
   * @throws {WebSocketError} `ERR_CLOSED` unless `state` is `"open"`.
   * @throws {RangeError} if the payload has more than 125 bytes.
   * @throws {TypeError} if it is neither a string nor a `Uint8Array`.
   */
  sendPing(payload?: Message): void {
    this.#mustBeOpen("sendPing");
    this.#encoder.writeBytes(Opcode.Ping, WHOLE, toControlPayload(payload, "sendPing"));
  }

  /**
   * Sends a pong that answers no ping (RFC 6455 section 5.5.3). Pings are answered without it.
   *
   * @throws {WebSocketError} `ERR_CLOSED` unless `state` is `"open"`.
   * @throws {RangeError} if the payload has more than 125 bytes.
   * @throws {TypeError} if it is neither a string nor a `Uint8Array`.
   */
  sendPong(payload?: Message): void {
    this.#mustBeOpen("sendPong");
    this.#encoder.writeBytes(Opcode.Pong, WHOLE, toControlPayload(payload, "sendPong"));
  }

  /**
   * Starts the closing handshake (RFC 6455 section 7.1.2). Without a code the frame is empty.
   * Messages that wait for `sendNext` are written first; messages that arrive later are dropped.
   *
   * @throws {WebSocketError} `ERR_CLOSED` unless `state` is `"open"`.
   * @throws {RangeError} if the code must not be sent (section 7.4), or the reason has more than
   * 123 bytes of UTF-8.
   * @throws {TypeError} if there is a reason without a code.
   */
  sendClose(code?: number, reason?: string): void {
    const payload = encodeClose(code, reason);
    this.#mustBeOpen("sendClose");
    this.#queue?.writeAll();
    this.#encoder.writeBytes(Opcode.Close, WHOLE, payload);
    this.#reader?.discard();
    this.#move("sendClose");
  }

  /**
   * Answers the latest ping that was not answered because the output was congested. The earlier
   * ones need no answer (RFC 6455 section 5.5.3).
   */
  sendOwedPong(): void {
    const payload = this.#owedPong;
    this.#owedPong = null;
    if (payload !== null && this.#state === "open") {
      this.#encoder.writeBytes(Opcode.Pong, WHOLE, payload);
    }
  }

  /** Drops the rest of the message that is arriving. */
  discardMessage(): void {
    this.#reader?.discardMessage();
  }

  /** *Fails* the connection (RFC 6455 section 7.1.7): sends Close, and ignores further input. */
  fail(violation: Violation): void {
    if (this.#hasEnded()) return;
    this.#violation = null;
    if (this.#state === "open") {
      this.#encoder.writeBytes(Opcode.Close, WHOLE, encodeClose(violation.code, violation.text));
    }
    this.#reader?.discard();
    this.#queue?.clear();
    this.#move("fail");
    this.#sink.onViolation(violation);
  }

  /** Called by the reader: a control frame is complete. Returns whether to read on. */
  onControl(opcode: number, payload: Uint8Array): boolean {
    if (this.#hasEnded()) return false; // the sink has ended the connection within this chunk
    if (opcode === Opcode.Pong) this.#sink.onPong(payload);
    else if (opcode === Opcode.Ping) this.#receivePing(payload);
    else this.#receiveClose(payload);
    return !this.#ignoresInput() && this.#sink.needsBreak !== true;
  }

  /**
   * Called by the reader: the peer broke a rule. Fails the connection, unless the sink delays that.
   */
  onViolation(violation: Violation): void {
    if (this.#sink.shouldFailNow?.() === false) this.#violation = violation;
    else this.fail(violation);
  }

  #acquire(): FrameReader {
    const reader = this.#reader = acquireReader(this, this.#sink, this.#options);
    if (this.#state !== "open") reader.discard();
    return reader;
  }

  #release(reader: FrameReader): void {
    this.#reader = null;
    releaseReader(reader);
  }

  #ignoresInput(): boolean {
    return this.#hasEnded() || this.#violation !== null;
  }

  #receivePing(payload: Uint8Array): void {
    if (this.#state === "open") {
      // Replaces the payload of earlier pings.
      this.#owedPong = this.#output.isCongested ? payload : null;
      if (this.#owedPong === null) this.#encoder.writeBytes(Opcode.Pong, WHOLE, payload);
    }
    this.#sink.onPing(payload);
  }

  #receiveClose(payload: Uint8Array): void {
    const violation = checkClosePayload(payload);
    if (violation !== null) return this.onViolation(violation);
    // RFC 6455 section 5.5.1: "If an endpoint receives a Close frame and did not previously send a
    // Close frame, the endpoint MUST send a Close frame in response." The answer has the same code
    // and reason, because a browser shows them in its `CloseEvent`.
    if (this.#state === "open") {
      this.#queue?.writeAll();
      this.#encoder.writeBytes(Opcode.Close, WHOLE, payload);
    }
    this.#reader?.discard();
    this.#move("receiveClose");
    const code = payload.length === 0
      ? CloseCode.NoStatusReceived
      : (payload[0]! << 8) | payload[1]!;
    const reason = decodeUtf8(payload, Math.min(2, payload.length), payload.length) ?? "";
    this.#sink.onClose(code, reason);
  }

  #hasEnded(): boolean {
    return this.#state !== "open" && this.#state !== "closing";
  }

  #move(event: ProtocolEvent): void {
    this.#state = nextState(this.#state, event);
  }

  #mustBeOpen(call: string): void {
    if (this.#state !== "open") {
      throw new WebSocketError("ERR_CLOSED", `${call}: the connection is ${this.#state}`);
    }
  }
}
