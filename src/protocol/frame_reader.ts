/**
 * The reading side of a connection: frames out of chunks, messages out of frames.
 *
 * It has something to remember only while a frame or a message is unfinished. Between two
 * messages, which is where a connection spends its life, it is lent to whoever receives next:
 * an idle connection has none, and the busy ones all use the same few objects.
 *
 * @module
 */
import type { FrameHeader } from "./frame_header.ts";
import type { AgreedCodec } from "./message_codec.ts";
import type { ResolvedProtocolOptions } from "./protocol_options.ts";
import type { ProtocolSink } from "./protocol_sink.ts";
import type { Role } from "./role.ts";
import { checkFrameHeader, type FrameContext } from "./check_header.ts";
import type { Violation } from "./violations.ts";
import { MAX_CONTROL_BYTES } from "./control_payload.ts";
import { FrameDecoder, type FrameSink, type Step } from "./frame_decoder.ts";
import { MessageAssembler } from "./message_assembler.ts";
import { ShortMessages, type ShortMessagesHost } from "./short_messages.ts";

/** What a reader asks of the protocol that it reads for. */
export interface ReaderHost extends ShortMessagesHost {
  /** A control frame is complete. Returns `false` to read no further. */
  takeControl(opcode: number, payload: Uint8Array): boolean;
}

/** Reads for one protocol at a time. */
export class FrameReader implements FrameSink, FrameContext {
  /** For `checkFrameHeader`: the RSV bits that an extension uses. */
  readonly extensionBits: number;
  readonly #decoder = new FrameDecoder(this);
  readonly #assembler: MessageAssembler;
  readonly #short: ShortMessages;
  #host: ReaderHost | null = null;
  #role: Role = "server";
  #header: FrameHeader | null = null; // of the frame in progress; the decoder owns it
  #control: Uint8Array | null = null; // payload of a control frame that a chunk boundary cut
  #controlLength = 0;
  #isAtWork = false;

  /** With a codec, or `null` for one that can be lent. */
  constructor(coded: AgreedCodec | null) {
    this.extensionBits = coded === null ? 0 : 4;
    this.#assembler = new MessageAssembler(coded);
    this.#short = new ShortMessages(this.#assembler);
  }

  /** Reads for this protocol from now on. */
  bind(host: ReaderHost, sink: ProtocolSink, rules: ResolvedProtocolOptions): void {
    this.#host = host;
    this.#role = rules.role;
    this.#decoder.minWordsBytes = rules.minWordsBytes;
    this.#short.bind(host, rules);
    this.#assembler.bind(sink, rules);
  }

  /** Whether all that came is passed on, so that another connection can have this reader. */
  get isAtRest(): boolean {
    return !this.#isAtWork && this.extensionBits === 0 && this.#decoder.isAtRest &&
      !this.#assembler.isMessageOpen;
  }

  /** For `checkFrameHeader`. */
  get role(): Role {
    return this.#role;
  }

  /** For `checkFrameHeader`. */
  get isMessageOpen(): boolean {
    return this.#assembler.isMessageOpen;
  }

  /** Whether what came is not all passed on: `goOn` comes before the next `read`. */
  get isDecoding(): boolean {
    return this.#assembler.isDecoding;
  }

  /** Whether that has to wait until the codec has decoded more. */
  get isWaiting(): boolean {
    return this.#assembler.isWaiting;
  }

  /** Whether messages lie in the chunk last read, since it was last asked. */
  takeIsShared(): boolean {
    return this.#assembler.takeIsShared();
  }

  /** Where the rest of the payload in progress is to lie, if that is known. */
  get readTarget(): Uint8Array | null {
    const { missingBytes } = this.#decoder;
    return missingBytes === 0 ? null : this.#assembler.readTarget(missingBytes);
  }

  /** Reads `chunk` from `start` on, writing into it; returns how far it came. */
  read(chunk: Uint8Array, start: number): number {
    const isNested = this.#isAtWork; // by a sink that calls `receive`, against the rules
    this.#isAtWork = true;
    let at = start;
    if (this.#decoder.isAtRest) at = this.#short.read(chunk, start);
    if (at >= 0) at = this.#decoder.decode(chunk, at);
    else at = ~at;
    this.#isAtWork = isNested;
    return at;
  }

  /** Passes on what has been decoded; `false` when that was not all, or no more is wanted. */
  goOn(): boolean {
    const verdict = this.#assembler.goOn();
    return typeof verdict === "boolean" ? verdict : this.#host!.found(verdict);
  }

  /** Drops the message in progress and all that follow: nobody will read them. */
  discard(): void {
    this.#assembler.discard();
  }

  /** Drops the rest of the message in progress. */
  discardMessage(): void {
    this.#assembler.discardMessage();
  }

  /** A frame begins; called by the decoder. */
  beginFrame(header: FrameHeader, available: number): Step {
    const violation = checkFrameHeader(header, this);
    if (violation !== null) return this.#refuse(violation);
    if (header.opcode < 8) {
      const step = this.#assembler.beginFrame(header, available);
      if (typeof step !== "string") return this.#refuse(step);
      if (step === "wait") return step;
    } else this.#controlLength = 0;
    this.#header = header;
    return "go";
  }

  /** Payload of the frame in progress; called by the decoder. */
  payload(chunk: Uint8Array, start: number, end: number, last: boolean): boolean {
    const header = this.#header!;
    if (header.opcode >= 8) return this.#controlPayload(header, chunk, start, end, last);
    const verdict = this.#assembler.payload(header, chunk, start, end, last);
    return typeof verdict === "boolean" ? verdict : this.#host!.found(verdict);
  }

  #controlPayload(
    header: FrameHeader,
    chunk: Uint8Array,
    start: number,
    end: number,
    last: boolean,
  ): boolean {
    if (last && this.#controlLength === 0) {
      return this.#host!.takeControl(header.opcode, chunk.slice(start, end));
    }
    this.#control ??= new Uint8Array(MAX_CONTROL_BYTES);
    this.#control.set(chunk.subarray(start, end), this.#controlLength);
    this.#controlLength += end - start;
    if (!last) return true;
    return this.#host!.takeControl(header.opcode, this.#control.slice(0, this.#controlLength));
  }

  #refuse(violation: Violation): Step {
    this.#host!.found(violation);
    return "stop";
  }
}

/** Readers that wait for the next to receive. More than one where a receiver makes another receive. */
const spares: FrameReader[] = [];
const MAX_SPARES = 4;

/** Takes a reader that has nothing to remember. */
export function acquireReader(): FrameReader {
  return spares.pop() ?? new FrameReader(null);
}

/** Gives it back when it `isAtRest`; its borrower must not use it any more. */
export function releaseReader(reader: FrameReader): void {
  if (spares.length < MAX_SPARES) spares.push(reader);
}
