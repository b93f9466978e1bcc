/**
 * One opening handshake under way on the client.
 *
 * @module
 */
import type { Handshake } from "../connection/context.ts";
import type { FramedContext } from "../framed/framed_context.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";
import type { WebSocketConnection, WebSocketHandler } from "../handler.ts";
import { type RequestHead, type ResponseHead, toHeaders } from "../handshake/head.ts";
import { attach } from "../connection/attach.ts";
import type { ClosableCodec, Compression } from "../framed/compression.ts";
import type { ExtensionOffer } from "../handshake/header_values.ts";
import { type DeflateTerms, readDeflateAnswer } from "../handshake/permessage_deflate.ts";
import { FrameWire } from "../framed/frame_wire.ts";
import { defer, quiet } from "../promises.ts";
import { WebSocketError } from "../errors.ts";
import {
  type AgreedUpgrade,
  readUpgradeResponse,
  type SentUpgrade,
} from "../handshake/client_handshake.ts";
import { HeadReader } from "../handshake/http_head.ts";

/** Compression as this client offers it. */
export interface DeflateOffer {
  readonly compression: Compression;
  readonly wanted: DeflateTerms;
}

/** What is known before the transport is there. */
export interface PendingConnectOptions {
  readonly context: FramedContext;
  readonly handler: WebSocketHandler | null;
  readonly url: URL;
  readonly head: RequestHead;
  readonly sent: SentUpgrade;
  /** The compression offered, if it was. */
  readonly deflate: DeflateOffer | null;
  readonly headLimits: { readonly maxHeadBytes?: number; readonly maxHeaderFields?: number };
}

/** Receives the response, and hands the transport over to a connection. */
export class PendingConnect implements TransportSink {
  readonly #options: PendingConnectOptions;
  readonly #reader: HeadReader;
  readonly #opened = defer<WebSocketConnection>();
  #transport: Transport | null = null;
  #isOver = false;

  constructor(options: PendingConnectOptions) {
    this.#options = options;
    const { maxHeadBytes, maxHeaderFields } = options.headLimits;
    this.#reader = new HeadReader({
      kind: "response",
      ...(maxHeadBytes === undefined ? {} : { maxHeadBytes }),
      ...(maxHeaderFields === undefined ? {} : { maxHeaderFields }),
    });
    quiet(this.#opened.promise);
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

  /** Stops waiting. */
  giveUp(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#transport?.abort();
    this.#opened.reject(error);
  }

  onChunk(chunk: Uint8Array): void {
    if (this.#isOver) return;
    const progress = this.#reader.push(chunk);
    if (progress.state === "response") this.#answered(progress.head, progress.rest);
    else if (progress.state !== "more") {
      const why = progress.state === "refused" ? progress.reason : progress.state;
      this.giveUp(new WebSocketError("ERR_HANDSHAKE", `the response is not HTTP/1.1: ${why}`));
    }
  }

  onEnd(): void {
    this.#lost(undefined);
  }

  onDrain(): void {}

  onClose(cause?: unknown): void {
    this.#lost(cause);
  }

  #lost(cause: unknown): void {
    const why = "the server ended the transport before it answered";
    this.giveUp(new WebSocketError("ERR_HANDSHAKE", why, { cause }));
  }

  #answered(head: ResponseHead, rest: Uint8Array): void {
    const { context, handler, url, sent } = this.#options;
    const agreed = readUpgradeResponse(head, sent);
    if (agreed instanceof WebSocketError) return this.giveUp(agreed);
    const compression = agreeCompression(agreed.extensions, this.#options.deflate);
    if (compression instanceof WebSocketError) return this.giveUp(compression);
    this.#isOver = true;
    const handshake = new SentHandshake({ url, head: this.#options.head, agreed });
    const wire = new FrameWire({ transport: this.#transport!, context, compression });
    this.#opened.resolve(attach(handler, { wire, handshake, context, rest }));
  }
}

/** The opening handshake of a client; makes a `Request` of what was sent when it is first asked for. */
class SentHandshake implements Handshake {
  readonly protocol: string;
  readonly extensions: string;
  readonly #url: URL;
  readonly #head: RequestHead;
  #request: Request | null = null;

  constructor({ url, head, agreed }: { url: URL; head: RequestHead; agreed: AgreedUpgrade }) {
    this.protocol = agreed.protocol;
    this.extensions = agreed.extensionsHeader;
    this.#url = url;
    this.#head = head;
  }

  get request(): Request {
    if (this.#request !== null) return this.#request;
    const http = new URL(this.#url);
    http.protocol = http.protocol.replace("ws", "http"); // as Request has it, which takes no user either
    http.username = http.password = "";
    return this.#request = new Request(http.href, { headers: toHeaders(this.#head.headers) });
  }
}

/** The codec agreed on, if any; an error when the answer does not fit what was offered. */
function agreeCompression(
  extensions: readonly ExtensionOffer[],
  offer: DeflateOffer | null,
): ClosableCodec | WebSocketError | undefined {
  const [answer] = extensions; // none but the one that was offered, and that once
  if (answer === undefined || offer === null) return undefined;
  const terms = readDeflateAnswer(answer, offer.wanted);
  if (terms !== null) return offer.compression.agreed("client", terms);
  return new WebSocketError(
    "ERR_HANDSHAKE",
    "the server answered permessage-deflate with parameters that were not offered (RFC 7692 section 7.1)",
  );
}
