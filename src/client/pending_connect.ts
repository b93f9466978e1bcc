/**
 * One opening handshake under way on the client.
 *
 * @module
 */
import type { TimerId } from "../clock.ts";
import type { FramedContext } from "../framed/framed_context.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";
import type { AttachOptions } from "../connection/attach_options.ts";
import type { WebSocketConnection } from "../handler.ts";
import type { RequestHead, ResponseHead } from "../handshake/head.ts";
import type { ClosableCodec, Compression } from "../framed/compression.ts";
import type { ExtensionOffer } from "../handshake/header_values.ts";
import { type DeflateTerms, readDeflateAnswer } from "../handshake/permessage_deflate.ts";
import { FrameWire } from "../framed/frame_wire.ts";
import { makeDeferred, markHandled } from "../promises.ts";
import { WebSocketError } from "../errors.ts";
import type { AgreedUpgrade, SentUpgrade } from "../handshake/client_handshake.ts";
import { HeadReader } from "../handshake/http_head.ts";
import { concat, EMPTY_BYTES } from "../bytes.ts";
import { explain } from "./dial_errors.ts";
import { cannotConnect } from "./messages.ts";
import { nameProtocol } from "./known_protocols.ts";
import { Refusal } from "./refusal.ts";
import { SentHandshake } from "./sent_handshake.ts";
import { isSecure } from "./target.ts";

/** Compression as this client offers it. */
export interface DeflateOffer {
  readonly compression: Compression;
  readonly wanted: DeflateTerms;
}

/** What becomes of a transport once the server has agreed. */
export interface Opening {
  /** Makes the connection, in the very turn in which the answer is read: bytes may follow it. */
  attach(options: AttachOptions): WebSocketConnection;
}

/** How a version of HTTP agrees to open a connection. */
export interface AnswerReader {
  readonly httpVersion: "1.1" | "2";
  /** The status that opens it. */
  readonly status: number;
  /** Checks an answer of that status. */
  read(head: ResponseHead, sent: SentUpgrade): AgreedUpgrade | WebSocketError;
}

/** What is known before the transport is there. */
export interface PendingConnectOptions {
  readonly context: FramedContext;
  readonly opening: Opening;
  readonly url: URL;
  readonly head: RequestHead;
  readonly sent: SentUpgrade;
  /** The version of HTTP. */
  readonly answers: AnswerReader;
  /** The compression offered, if it was. */
  readonly deflate: DeflateOffer | null;
  readonly headLimits: { readonly maxHeadBytes?: number; readonly maxHeaderFields?: number };
}

/**
 * Milliseconds that the body of a refusal may take. What it says is a help, and a server that keeps
 * the transport open without saying how long its body is must not delay the error for longer.
 */
const BODY_PATIENCE_MS = 1_000;
/** Milliseconds between the end of the peer's side and that of the transport, which may tell of a fault. */
const END_PATIENCE_MS = 100;

/** Receives the response, and hands the transport over to a connection. */
export class PendingConnect implements TransportSink {
  readonly #options: PendingConnectOptions;
  readonly #reader: HeadReader;
  readonly #opened = makeDeferred<WebSocketConnection>();
  /** First bytes, until it is clear that they are HTTP; `null` from then on. */
  #first: Uint8Array | null = new Uint8Array(0);
  #transport: Transport | null = null;
  #refusal: Refusal | null = null;
  #bodyTimer: TimerId = null;
  #endTimer: TimerId = null;
  #isOver = false;

  constructor(options: PendingConnectOptions) {
    this.#options = options;
    const { maxHeadBytes, maxHeaderFields } = options.headLimits;
    this.#reader = new HeadReader({
      kind: "response",
      ...(maxHeadBytes === undefined ? {} : { maxHeadBytes }),
      ...(maxHeaderFields === undefined ? {} : { maxHeaderFields }),
    });
    markHandled(this.#opened.promise);
  }

  /** The connection, or why there is none. */
  get opened(): Promise<WebSocketConnection> {
    return this.#opened.promise;
  }

  /** The transport is there: sends the request. */
  begin(transport: Transport, request: Uint8Array): void {
    this.#transport = transport;
    if (this.#isOver) return transport.abort();
    transport.write(request, 0, request.length);
  }

  /** The stream of HTTP/2 is there. Its answer follows. */
  beginStream(transport: Transport): void {
    this.#transport = transport;
    this.#first = null;
    if (this.#isOver) transport.abort();
  }

  /** The answer on a stream. */
  answer(head: ResponseHead): void {
    if (!this.#isOver) this.#answered(head, EMPTY_BYTES);
  }

  /** Stops waiting: time is up, or the caller has gone. */
  giveUp(error: unknown): void {
    const isTimeout = error instanceof WebSocketError && error.code === "ERR_HANDSHAKE_TIMEOUT";
    if (isTimeout && this.#refusal !== null) this.#refuse(this.#refusal);
    else this.#fail(error);
  }

  onChunk(chunk: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#refusal !== null) return this.#readBody(this.#refusal, chunk);
    if (this.#first !== null) {
      const first = this.#first.length === 0 ? chunk : concat([this.#first, chunk]);
      const other = nameProtocol(first);
      if (typeof other === "string") return this.#break(other);
      this.#first = other === undefined ? first : null;
      if (other === undefined) return;
      chunk = first;
    }
    const progress = this.#reader.push(chunk);
    if (progress.state === "response") this.#answered(progress.head, progress.rest);
    else if (progress.state !== "more") {
      const why = progress.state === "refused" ? progress.reason : progress.state;
      this.#break(`the response is not HTTP/1.1: ${why}`);
    }
  }

  /** What follows tells why: on Node a TLS alert comes after the end that it caused. */
  onEnd(): void {
    if (this.#isOver) return;
    if (this.#transport === null) return this.#lost(undefined);
    this.#transport.end();
    this.#endTimer ??= this.#options.context.platform.clock.after(
      END_PATIENCE_MS,
      () => this.#lost(undefined),
    );
  }

  onDrain(): void {}

  onClose(cause?: unknown): void {
    this.#lost(cause);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const timer of [this.#bodyTimer, this.#endTimer]) {
      if (timer !== null) this.#options.context.platform.clock.clear(timer);
    }
    this.#transport?.abort();
    this.#opened.reject(error);
  }

  /** The opening handshake broke a rule. */
  #break(why: string, cause?: unknown): void {
    const message = cannotConnect(this.#options.url, why);
    this.#fail(new WebSocketError("ERR_HANDSHAKE", message, cause === undefined ? {} : { cause }));
  }

  #lost(cause: unknown): void {
    if (this.#refusal !== null) return this.#refuse(this.#refusal); // that was the end of its body
    const what = "the server ended the transport before it answered";
    if (isSecure(this.#options.url)) {
      return this.#break(cause === undefined ? what : `${what}: ${explain(cause).why}`, cause);
    }
    this.#break(`${what}; if it expects TLS, use wss:`, cause);
  }

  #answered(head: ResponseHead, rest: Uint8Array): void {
    const { context, opening, url, sent, answers } = this.#options;
    if (head.status !== answers.status) {
      return this.#readBody(this.#refusal = new Refusal(head), rest);
    }
    const agreed = answers.read(head, sent);
    if (agreed instanceof WebSocketError) return this.#break(agreed.message);
    const compression = agreeCompression(agreed.extensions, this.#options.deflate);
    if (typeof compression === "string") return this.#break(compression);
    this.#isOver = true;
    const { httpVersion } = answers;
    const handshake = new SentHandshake({ url, head: this.#options.head, agreed, httpVersion });
    const wire = new FrameWire({ transport: this.#transport!, context, compression });
    this.#opened.resolve(opening.attach({ wire, handshake, context, early: rest }));
  }

  #readBody(refusal: Refusal, chunk: Uint8Array): void {
    refusal.push(chunk);
    if (refusal.isComplete) return this.#refuse(refusal);
    this.#bodyTimer ??= this.#options.context.platform.clock.after(
      BODY_PATIENCE_MS,
      () => this.#refuse(refusal),
    );
  }

  #refuse(refusal: Refusal): void {
    this.#fail(refusal.toError(this.#options.url));
  }
}

/** The codec agreed on, if any; a text when the answer does not fit what was offered. */
function agreeCompression(
  extensions: readonly ExtensionOffer[],
  offer: DeflateOffer | null,
): ClosableCodec | string | undefined {
  const [answer] = extensions; // none but the one that was offered, and that once
  if (answer === undefined || offer === null) return undefined;
  const terms = readDeflateAnswer(answer, offer.wanted);
  if (terms !== null) return offer.compression.makeCodec("client", terms);
  return "the server answered permessage-deflate with parameters that were not offered (RFC 7692 section 7.1)";
}
