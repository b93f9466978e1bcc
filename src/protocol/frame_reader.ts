/**
 * The reading side of a connection: frames out of chunks, messages out of frames.
 *
 * A reader has state only while a frame or a message is unfinished. A connection is between two
 * messages nearly all of the time, so readers are pooled: an idle connection has none, and all
 * busy connections share a few.
 *
 * @module
 */
import type { FrameHeader } from "./frame_header.ts";
import type { AgreedCodec } from "./message_codec.ts";
import type { ResolvedProtocolOptions } from "./protocol_options.ts";
import type { ProtocolSink } from "./protocol_sink.ts";
import type { ReaderHost } from "./reader_host.ts";
import type { Role } from "./role.ts";
import type { Verdict, Violation } from "./violations.ts";
import { checkFrameHeader, type FrameContext } from "./check_header.ts";
import { MAX_CONTROL_BYTES } from "./control_payload.ts";
import { FrameDecoder, type FrameSink, type Step } from "./frame_decoder.ts";
import { MessageAssembler } from "./message_assembler.ts";
import { ShortMessages } from "./short_messages.ts";

/** The reader of one protocol at a time. */
export class FrameReader implements FrameSink, FrameContext {
  /** RSV bits that an extension uses, for `checkFrameHeader`. */
  readonly extensionBits: number;
  readonly #decoder = new FrameDecoder(this);
  readonly #assembler: MessageAssembler;
  readonly #short: ShortMessages;
  #host: ReaderHost;
  #role: Role;
  #control: Uint8Array | null = null; // payload of a control frame that a chunk boundary has cut
  #controlLength = 0;
  #isReading = false;

  /**
   * Makes a reader that is bound to a protocol. A reader with a codec belongs to one connection;
   * one without (`null`) can be pooled.
   */
  constructor(
    agreed: AgreedCodec | null,
    host: ReaderHost,
    sink: ProtocolSink,
    options: ResolvedProtocolOptions,
  ) {
    this.extensionBits = agreed === null ? 0 : 4;
    this.#host = host;
    this.#role = options.role;
    this.#decoder.minWordsBytes = options.minWordsBytes;
    this.#assembler = new MessageAssembler(agreed, sink, options);
    this.#short = new ShortMessages(this.#assembler, host, options);
  }

  /** Binds a pooled reader to another protocol, for which it reads from now on. */
  bind(host: ReaderHost, sink: ProtocolSink, options: ResolvedProtocolOptions): void {
    this.#host = host;
    this.#role = options.role;
    this.#decoder.minWordsBytes = options.minWordsBytes;
    this.#short.bind(host, options);
    this.#assembler.bind(sink, options);
  }

  /** Whether nothing is unfinished, so that another connection can use this reader. */
  get isIdle(): boolean {
    return !this.#isReading && this.extensionBits === 0 && this.#decoder.isIdle &&
      !this.#assembler.isMessageOpen;
  }

  /** Our own role, for `checkFrameHeader`. */
  get role(): Role {
    return this.#role;
  }

  /** For `checkFrameHeader`. */
  get isMessageOpen(): boolean {
    return this.#assembler.isMessageOpen;
  }

  /** Whether received bytes are not all delivered: `resumeDecoding` has to come before `read`. */
  get isDecoding(): boolean {
    return this.#assembler.isDecoding;
  }

  /** Whether the codec has to decode more before `resumeDecoding` can deliver something. */
  get isWaiting(): boolean {
    return this.#assembler.isWaiting;
  }

  /** Whether a message was a view of its chunk since the last call. */
  consumeSharedFlag(): boolean {
    return this.#assembler.consumeSharedFlag();
  }

  /** Where the rest of the payload in progress should be read to, if that is known. */
  get readTarget(): Uint8Array | null {
    const { missingBytes } = this.#decoder;
    return missingBytes === 0 ? null : this.#assembler.readTarget(missingBytes);
  }

  /** Reads `chunk` from `start` on, writing into it. Returns the offset that it reached. */
  read(chunk: Uint8Array, start: number): number {
    const isNested = this.#isReading; // a sink called `receive`, which is against its contract
    this.#isReading = true;
    let at = start, wantsMore = true;
    if (this.#decoder.isIdle) {
      at = this.#short.read(chunk, start);
      wantsMore = this.#short.wantsMore;
    }
    if (wantsMore) at = this.#decoder.decode(chunk, at);
    this.#isReading = isNested;
    return at;
  }

  /**
   * Delivers what the codec has decoded. Returns `false` if that was not all, or no more is wanted.
   */
  resumeDecoding(): boolean {
    return this.#settle(this.#assembler.resumeDecoding());
  }

  /** Drops the message in progress and all later ones. */
  discard(): void {
    this.#assembler.discard();
  }

  /** Drops the rest of the message in progress. */
  discardMessage(): void {
    this.#assembler.discardMessage();
  }

  /** Called by the decoder when a header is complete. */
  beginFrame(header: FrameHeader, available: number): Step {
    const violation = checkFrameHeader(header, this);
    if (violation !== null) return this.#refuse(violation);
    if (header.opcode >= 8) {
      this.#controlLength = 0;
      return "go";
    }
    const step = this.#assembler.beginFrame(header, available);
    return typeof step === "string" ? step : this.#refuse(step);
  }

  /** Called by the decoder with payload of the frame in progress. */
  onPayload(chunk: Uint8Array, start: number, end: number, last: boolean): boolean {
    const { header, payloadBits } = this.#decoder;
    if (header.opcode >= 8) return this.#onControlPayload(header.opcode, chunk, start, end, last);
    return this.#settle(this.#assembler.onPayload(header, chunk, start, end, last, payloadBits));
  }

  #onControlPayload(
    opcode: number,
    chunk: Uint8Array,
    start: number,
    end: number,
    last: boolean,
  ): boolean {
    if (last && this.#controlLength === 0) {
      return this.#host.onControl(opcode, chunk.slice(start, end));
    }
    this.#control ??= new Uint8Array(MAX_CONTROL_BYTES);
    this.#control.set(chunk.subarray(start, end), this.#controlLength);
    this.#controlLength += end - start;
    if (!last) return true;
    return this.#host.onControl(opcode, this.#control.slice(0, this.#controlLength));
  }

  #settle(verdict: Verdict): boolean {
    if (typeof verdict === "string") return verdict === "more";
    this.#host.onViolation(verdict);
    return false;
  }

  #refuse(violation: Violation): Step {
    this.#host.onViolation(violation);
    return "stop";
  }
}

/**
 * Idle readers. One is enough unless a sink makes another connection receive, which takes a
 * second. The pool is safe to share because `bind` resets a reader.
 */
const pool: FrameReader[] = [];
const MAX_POOLED = 4;

/** Takes an idle reader from the pool, or makes one, and binds it to a protocol. */
export function acquireReader(
  host: ReaderHost,
  sink: ProtocolSink,
  options: ResolvedProtocolOptions,
): FrameReader {
  const pooled = pool.pop();
  if (pooled === undefined) return new FrameReader(null, host, sink, options);
  pooled.bind(host, sink, options);
  return pooled;
}

/** Returns a reader that `isIdle` to the pool; the caller must not use it any more. */
export function releaseReader(reader: FrameReader): void {
  if (pool.length < MAX_POOLED) pool.push(reader);
}
