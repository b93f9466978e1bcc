/**
 * The whole of RFC 6455 sections 5 to 7 as one synchronous machine: bytes go in, calls on
 * a sink come out, and what is to be sent is written into an output. No I/O, no time, no
 * randomness, for either role.
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
import { type MessageOptions, MessageWriter, WHOLE_MESSAGE, writeWhole } from "./message_writer.ts";
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
 * @example Two machines wired together by hand
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
  #writer: MessageWriter | null = null; // once something is not sent whole and plain
  #queue: MessageQueue | null = null; // with a codec
  #reader: FrameReader | null = null; // lent while something is unfinished; with a codec our own
  #state: ProtocolState = "open";
  #owedPong: Uint8Array | null = null; // payload of the latest ping not yet answered
  #violation: Violation | null = null; // found, and not yet acted upon
  #isChunkShared = false;

  /** Makes a machine in the state after the opening handshake. */
  constructor(options: ProtocolOptions) {
    const { sink, output, codec, onDecoded: wake } = options;
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
    this.#reader = new FrameReader({ codec, wake });
    this.#reader.bind(this, sink, resolved);
  }

  /** Our side of the connection. */
  get role(): Role {
    return this.#options.role;
  }

  /** Where the closing handshake stands. */
  get state(): ProtocolState {
    return this.#state;
  }

  /** Whether what came is not all passed on, though `receive` took it: call it again, also with an empty chunk. */
  get isDecoding(): boolean {
    return this.#reader !== null && this.#reader.isDecoding && this.#violation === null;
  }

  /** Whether that has to wait until the codec has decoded more: `onDecoded` follows. */
  get isWaiting(): boolean {
    return this.#reader !== null && this.#reader.isWaiting;
  }

  /**
   * Takes bytes from the peer, writing into them. Returns how far it came: less than the
   * chunk's length when the sink wanted no more, or a message is being decoded; call again with
   * the rest (or with an empty chunk) to go on. Throws on no input whatever.
   */
  receive(chunk: Uint8Array, start = 0): number {
    if (this.#violation !== null) this.found(this.#violation);
    if (this.#hearsNoMore()) return chunk.length; // nothing counts after Close (section 1.4) or a failure
    const reader = this.#reader ?? this.#borrow();
    if (reader.isDecoding && (!reader.goOn() || this.#isOver())) {
      return this.#hearsNoMore() ? chunk.length : start;
    }
    if (start === 0) this.#isChunkShared = false;
    const at = reader.read(chunk, start);
    if (reader.takeIsShared()) this.#isChunkShared = true;
    if (reader.isAtRest && !this.#hearsNoMore()) this.#giveBack(reader);
    return this.#isOver() ? chunk.length : at;
  }

  /** Whether the sink was given messages that lie in the chunk last received: it must be left alone. */
  get hasSharedChunk(): boolean {
    return this.#isChunkShared;
  }

  /**
   * Where the next bytes are best read to, at most as many as fit there: the rest of a payload
   * whose place is known. `receive` takes a chunk that was read there, and copies nothing then.
   * `null` when any place is as good. It is good until the next call.
   */
  get readTarget(): Uint8Array | null {
    return this.#reader === null ? null : this.#reader.readTarget;
  }

  /** The transport has ended: nothing more will come. */
  receiveEnd(): void {
    this.#reader?.discard();
    this.#queue?.clear();
    this.#move("end");
  }

  /** Sends a message, or with `final: false` a fragment of one that the next call continues. */
  sendMessage(data: Message, options: MessageOptions = WHOLE_MESSAGE): void {
    this.#mustBeOpen("sendMessage");
    const queue = this.#queue;
    if (queue !== null && queue.mustTake(data, options)) queue.add(data, options);
    else if (this.#writer === null && options.final) writeWhole(this.#encoder, data);
    else (this.#writer ??= new MessageWriter(this.#encoder, null)).write(data, options);
  }

  /** Whether messages wait for `sendNext`. */
  get isSending(): boolean {
    return this.#queue !== null && !this.#queue.isEmpty;
  }

  /** What of them waits, in bytes of binary and characters of text. */
  get waitingAmount(): number {
    return this.#queue === null ? 0 : this.#queue.length;
  }

  /** Writes the next slice of what waits. */
  sendNext(): void {
    if (this.#state === "open") this.#queue?.writeNext();
  }

  /** Sends a ping; its payload is at most 125 bytes (RFC 6455 section 5.5). */
  sendPing(payload?: Message): void {
    this.#mustBeOpen("sendPing");
    this.#encoder.writeBytes(Opcode.Ping, WHOLE, toControlPayload(payload, "sendPing"));
  }

  /** Sends a pong that no ping asked for; its payload is at most 125 bytes (section 5.5.3). */
  sendPong(payload?: Message): void {
    this.#mustBeOpen("sendPong");
    this.#encoder.writeBytes(Opcode.Pong, WHOLE, toControlPayload(payload, "sendPong"));
  }

  /** Starts the closing handshake; without a code the frame is empty. Later data of the peer is dropped. */
  sendClose(code?: number, reason?: string): void {
    const payload = encodeClose(code, reason);
    this.#mustBeOpen("sendClose");
    this.#queue?.writeAll();
    this.#encoder.writeBytes(Opcode.Close, WHOLE, payload);
    this.#reader?.discard();
    this.#move("sendClose");
  }

  /** Answers the latest ping that was left unanswered while the output was congested (section 5.5.3 allows it). */
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

  /** *Fails* the connection (RFC 6455 section 7.1.7): sends Close once, and hears no more. */
  fail(violation: Violation): void {
    if (this.#isOver()) return;
    this.#violation = null;
    if (this.#state === "open") {
      this.#encoder.writeBytes(Opcode.Close, WHOLE, encodeClose(violation.code, violation.text));
    }
    this.#reader?.discard();
    this.#queue?.clear();
    this.#move("fail");
    this.#sink.onViolation(violation);
  }

  /** A control frame is complete; called by the reader. */
  takeControl(opcode: number, payload: Uint8Array): boolean {
    if (this.#isOver()) return false; // the sink has ended it in the middle of this chunk
    if (opcode === Opcode.Pong) this.#sink.onPong(payload);
    else if (opcode === Opcode.Ping) this.#receivePing(payload);
    else this.#receiveClose(payload);
    return !this.#hearsNoMore();
  }

  /** The peer has broken a rule: nothing more is decoded; called by the reader. */
  found(violation: Violation): false {
    if (this.#sink.shouldFailNow?.() === false) this.#violation = violation;
    else this.fail(violation);
    return false;
  }

  #borrow(): FrameReader {
    const reader = this.#reader = acquireReader();
    reader.bind(this, this.#sink, this.#options);
    if (this.#state !== "open") reader.discard();
    return reader;
  }

  #giveBack(reader: FrameReader): void {
    this.#reader = null;
    releaseReader(reader);
  }

  #hearsNoMore(): boolean {
    return this.#isOver() || this.#violation !== null;
  }

  #receivePing(payload: Uint8Array): void {
    if (this.#state === "open") {
      this.#owedPong = this.#output.isCongested ? payload : null; // the latest answers for all
      if (this.#owedPong === null) this.#encoder.writeBytes(Opcode.Pong, WHOLE, payload);
    }
    this.#sink.onPing(payload);
  }

  #receiveClose(payload: Uint8Array): void {
    const violation = checkClosePayload(payload);
    if (violation !== null) return void this.found(violation);
    // Section 5.5.1: answer with the same code, unless our own Close is already out. And with
    // the reason, as all do: it is what a browser's `CloseEvent` tells the side that closed.
    if (this.#state === "open") {
      this.#queue?.writeAll();
      this.#encoder.writeBytes(Opcode.Close, WHOLE, payload);
    }
    this.#reader?.discard();
    this.#move("receiveClose");
    const code = payload.length === 0
      ? CloseCode.NoStatusReceived
      : (payload[0]! << 8) | payload[1]!;
    this.#sink.onClose(
      code,
      decodeUtf8(payload, Math.min(2, payload.length), payload.length) ?? "",
    );
  }

  #isOver(): boolean {
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
