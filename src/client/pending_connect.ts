/**
 * A pending opening handshake on the client.
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

/** The compression that this client offers. */
export interface DeflateOffer {
  readonly compression: Compression;
  readonly wanted: DeflateTerms;
}

/** Opens the connection when the server has accepted. */
export interface Opening {
  /**
   * Makes the connection in the same turn in which the answer is read, because bytes may follow it.
   */
  attach(options: AttachOptions): WebSocketConnection;
}

/** Reads the answer that opens a connection, in one version of HTTP. */
export interface AnswerReader {
  readonly httpVersion: "1.1" | "2";
  /** The status that opens a connection. */
  readonly status: number;
  /** Checks an answer with that status. */
  read(head: ResponseHead, sent: SentUpgrade): AgreedUpgrade | WebSocketError;
}

/** Options of {@linkcode PendingConnect}. */
export interface PendingConnectOptions {
  readonly context: FramedContext;
  readonly opening: Opening;
  readonly url: URL;
  readonly head: RequestHead;
  readonly sent: SentUpgrade;
  /** The version of HTTP. */
  readonly answers: AnswerReader;
  /** The offered compression; `null` if none was offered. */
  readonly deflate: DeflateOffer | null;
  readonly headLimits: { readonly maxHeadBytes?: number; readonly maxHeaderFields?: number };
}

/**
 * Milliseconds to wait for the body of a refusal. The body helps to understand the error, but a
 * server that keeps the transport open without giving a length must not delay the error for longer.
 */
const BODY_PATIENCE_MS = 1_000;
/**
 * Milliseconds to wait, after the end of the peer's side, for the end of the transport, which may
 * come with an error.
 */
const END_PATIENCE_MS = 100;

/** Receives the response, and hands the transport over to a connection. */
export class PendingConnect implements TransportSink {
  readonly #options: PendingConnectOptions;
  readonly #reader: HeadReader;
  readonly #opened = makeDeferred<WebSocketConnection>();
  /** The first bytes, until they are recognized as HTTP; `null` afterwards. */
  #first: Uint8Array | null = EMPTY_BYTES;
  #transport: Transport | null = null;
  #refusal: Refusal | null = null;
  #bodyTimer: TimerId = null;
  #endTimer: TimerId = null;
  #isSettled = false;

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

  /** Resolves to the connection, or rejects with the error. */
  get opened(): Promise<WebSocketConnection> {
    return this.#opened.promise;
  }

  /** The transport is connected. Sends the request. */
  begin(transport: Transport, request: Uint8Array): void {
    this.#transport = transport;
    if (this.#isSettled) return transport.abort();
    transport.write(request, 0, request.length);
  }

  /** The HTTP/2 stream is open. Its answer follows. */
  beginStream(transport: Transport): void {
    this.#transport = transport;
    this.#first = null;
    if (this.#isSettled) transport.abort();
  }

  /** The answer on a stream arrived. */
  answer(head: ResponseHead): void {
    if (!this.#isSettled) this.#answered(head, EMPTY_BYTES);
  }

  /** Stops waiting, because the time is up or the caller has aborted. */
  stopWaiting(error: unknown): void {
    const isTimeout = error instanceof WebSocketError && error.code === "ERR_HANDSHAKE_TIMEOUT";
    if (isTimeout && this.#refusal !== null) this.#refuse(this.#refusal);
    else this.#fail(error);
  }

  onChunk(chunk: Uint8Array): void {
    if (this.#isSettled) return;
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

  /**
   * Waits for the close of the transport, which may have the cause: on Node a TLS alert is reported
   * after the end that it caused.
   */
  onEnd(): void {
    if (this.#isSettled) return;
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
    if (this.#isSettled) return;
    this.#isSettled = true;
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
    // The end of the transport ends the body.
    if (this.#refusal !== null) return this.#refuse(this.#refusal);
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
    this.#isSettled = true;
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

/**
 * Makes the codec that was agreed on, if any. Returns a text if the answer does not fit the offer.
 */
function agreeCompression(
  extensions: readonly ExtensionOffer[],
  offer: DeflateOffer | null,
): ClosableCodec | string | undefined {
  const [answer] = extensions; // at most one, because only one was offered
  if (answer === undefined || offer === null) return undefined;
  const terms = readDeflateAnswer(answer, offer.wanted);
  if (terms !== null) return offer.compression.makeCodec("client", terms);
  return "the server answered permessage-deflate with parameters that were not offered (RFC 7692 section 7.1)";
}
