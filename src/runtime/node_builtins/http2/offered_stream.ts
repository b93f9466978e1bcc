/**
 * A stream with an extended CONNECT that is not answered yet.
 *
 * @module
 */
import type { ServerHttp2Stream } from "node:http2";
import type { HeaderList } from "../../../handshake/head.ts";
import type { Address } from "../../../message.ts";
import { makeDeferred } from "../../../promises.ts";
import type { ConnectStream } from "../../../transport/runtime.ts";
import type { Transport } from "../../../transport/transport.ts";
import { peerOf, schemeOf } from "../socket_transport.ts";
import { endLater, endStreamLater, resetLater } from "./end_later.ts";
import { ErrorCode } from "./error_codes.ts";
import { toHeadersObject } from "./header_fields.ts";
import { transportOfStream } from "./stream_transport.ts";

/** Milliseconds that other listeners have for answering a stream, as for sockets. */
const OTHERS_TURN_MS = 1_000;
/** Milliseconds from an answer to the reset of a stream whose client does not end it. */
const LINGER_MS = 1_000;

/** One stream, offered to one mount. */
export class OfferedStream implements ConnectStream {
  readonly scheme: "http" | "https";
  readonly peerAddress: Address | null;
  readonly context: unknown;
  onLost: (() => void) | null = null;
  readonly #stream: ServerHttp2Stream;
  readonly #taken = makeDeferred<boolean>();
  readonly #onClose = (): void => {
    this.onLost?.();
    this.#taken.resolve(false);
  };

  constructor(stream: ServerHttp2Stream, context: unknown) {
    this.#stream = stream;
    this.context = context;
    const { session } = stream, socket = session?.socket;
    if (session !== undefined) endLater(session);
    endStreamLater(stream);
    this.scheme = socket === undefined ? "http" : schemeOf(socket);
    this.peerAddress = socket === undefined ? null : peerOf(socket);
    // Without a listener the reset of a stream would end the process.
    if (stream.listenerCount("error") === 0) stream.on("error", () => {});
    stream.once("close", this.#onClose);
    if (stream.destroyed) queueMicrotask(this.#onClose);
  }

  /** Resolves to whether the stream was taken. */
  get isTaken(): Promise<boolean> {
    return this.#taken.promise;
  }

  accept(fields: HeaderList): Transport {
    const stream = this.#take();
    if (!stream.destroyed) stream.respond(toHeadersObject(fields));
    return transportOfStream(stream, this.peerAddress);
  }

  refuse(fields: HeaderList, body: Uint8Array): void {
    const stream = this.#take();
    if (stream.destroyed) return;
    stream.respond(toHeadersObject(fields));
    stream.end(body);
    stream.resume();
    setTimeout(() => stream.close(ErrorCode.NoError), LINGER_MS).unref();
  }

  pass(onUnclaimed: () => void): void {
    this.#stream.off("close", this.#onClose);
    this.#taken.resolve(false);
    const ask = (): void => {
      const { headersSent, destroyed } = this.#stream;
      if (!headersSent && !destroyed) onUnclaimed();
    };
    setTimeout(ask, OTHERS_TURN_MS).unref();
  }

  abort(): void {
    resetLater(this.#take(), ErrorCode.Cancel);
  }

  #take(): ServerHttp2Stream {
    this.#stream.off("close", this.#onClose);
    this.#taken.resolve(true);
    return this.#stream;
  }
}
