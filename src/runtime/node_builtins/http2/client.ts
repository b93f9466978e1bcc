/**
 * Sessions of a client, on `node:http2`.
 *
 * @module
 */
import * as http2 from "node:http2";
import type { Socket } from "node:net";
import process from "node:process";
import { TLSSocket } from "node:tls";
import { concat, EMPTY_BYTES } from "../../../bytes.ts";
import { WebSocketError } from "../../../errors.ts";
import type { HeaderList } from "../../../handshake/head.ts";
import type { Address } from "../../../message.ts";
import type { AnswerListeners, ClientSession, DialOptions } from "../../../transport/runtime.ts";
import type { Transport, TransportSink } from "../../../transport/transport.ts";
import { dialSocket } from "../dial.ts";
import { peerOf, SYSTEM_KEEPALIVE_MS } from "../socket_transport.ts";
import { endLater, isEnding } from "./end_later.ts";
import { endTogether } from "./end_together.ts";
import { toFields, toHeadersObject } from "./header_fields.ts";
import { SESSION_MEMORY_MB } from "./session_memory.ts";
import { transportOfStream } from "./stream_transport.ts";

/**
 * Bytes that may arrive on all streams of a session before they are read; see the server's
 * `Sessions`.
 */
const SESSION_WINDOW_BYTES = 16 * 1024 * 1024;

/** Connects; see `Runtime.dialSession`. */
export async function dialSession(options: DialOptions): Promise<ClientSession> {
  const { tls, signal } = options;
  // Both protocols are offered, because a server without HTTP/2 would otherwise end the TLS
  // handshake.
  const alpn = tls === undefined ? {} : { tls: { ...tls, alpn: ["h2", "http/1.1"] } };
  return await dialSocket({ ...options, ...alpn }, (socket) => begin(socket, options, signal));
}

/** Begins a session on a socket that is connected. */
async function begin(
  socket: Socket,
  options: DialOptions,
  signal: AbortSignal | undefined,
): Promise<ClientSession> {
  if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
    socket.on("error", () => {});
    socket.destroy();
    throw new WebSocketError("ERR_HANDSHAKE", "the server does not speak HTTP/2 (ALPN, RFC 7301)");
  }
  endTogether(socket);
  socket.setKeepAlive(true, SYSTEM_KEEPALIVE_MS);
  const remoteAddress: Address | null = options.path === undefined
    ? peerOf(socket)
    : { transport: "unix", path: options.path };
  const scheme = options.tls === undefined ? "http" : "https";
  const session = http2.connect(`${scheme}://localhost`, {
    createConnection: () => socket,
    maxSessionMemory: SESSION_MEMORY_MB,
    settings: { enablePush: false },
  });
  endLater(session);
  const onAbort = (): void => session.destroy();
  signal?.addEventListener("abort", onAbort);
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (cause?: unknown): void => {
        const why = "the server does not speak HTTP/2: it ended the transport before its settings";
        reject(new WebSocketError("ERR_HANDSHAKE", why, cause === undefined ? {} : { cause }));
      };
      session.on("error", fail); // it stays, because later errors are reported by the streams
      session.once("close", fail);
      session.once("remoteSettings", () => resolve());
    });
  } catch (error) {
    session.destroy();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  // Bun 1.4.5 sends nothing more after this call (https://github.com/oven-sh/bun/pull/40180).
  if (process.versions.bun === undefined) session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  return new NodeSession(session, remoteAddress);
}

class NodeSession implements ClientSession {
  readonly #session: http2.ClientHttp2Session;
  readonly #remoteAddress: Address | null;

  constructor(session: http2.ClientHttp2Session, remoteAddress: Address | null) {
    this.#session = session;
    this.#remoteAddress = remoteAddress;
  }

  get allowsConnect(): boolean {
    return this.#session.remoteSettings.enableConnectProtocol === true;
  }

  get maxStreams(): number {
    return this.#session.remoteSettings.maxConcurrentStreams ?? Infinity;
  }

  get isOpen(): boolean {
    return !isEnding(this.#session);
  }

  request(fields: HeaderList, { sink, onAnswer, onClosed }: AnswerListeners): Transport {
    const stream = this.#session.request(toHeadersObject(fields), { endStream: false });
    const transport = transportOfStream(stream, this.#remoteAddress);
    const early = transport.sink = new EarlySink(sink);
    stream.once("close", onClosed);
    // Node's types lack the last parameter.
    const onResponse = (
      headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader,
      _flags: number,
      rawHeaders?: readonly string[],
    ): void => {
      const status = Number(headers[":status"]);
      const list = toFields(rawHeaders ?? headers);
      transport.sink = sink;
      onAnswer({ status, statusText: "", headers: list.filter(([name]) => !name.startsWith(":")) });
      if (early.bytes.length > 0) transport.sink.onChunk(early.bytes);
    };
    stream.once("response", onResponse);
    return transport;
  }

  close(): void {
    this.#session.close();
  }

  abort(): void {
    this.#session.destroy();
  }
}

/**
 * Keeps bytes that are emitted before the response: Deno 2.9.6 emits `data` before `response` if
 * both arrived in one read.
 */
class EarlySink implements TransportSink {
  bytes: Uint8Array = EMPTY_BYTES;
  readonly #sink: TransportSink;

  constructor(sink: TransportSink) {
    this.#sink = sink;
  }

  onChunk(chunk: Uint8Array): void {
    this.bytes = concat([this.bytes, chunk]);
  }

  onEnd(): void {
    this.#sink.onEnd();
  }

  onDrain(): void {}

  onClose(cause?: unknown): void {
    this.#sink.onClose(cause);
  }
}
