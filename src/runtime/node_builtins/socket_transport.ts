/**
 * One socket of `node:net`, `node:tls` or an HTTP upgrade as a transport: on Node, and on Deno and
 * Bun through their `node:` modules.
 *
 * The listeners are shared functions that find the transport by a property of the socket. An idle
 * connection costs one small object besides its socket, and no closure.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Socket } from "node:net";
import process from "node:process";
import { Duplex } from "node:stream";
import {
  HIGH_WATER_BYTES,
  noopSink,
  type Transport,
  type TransportSink,
} from "../../transport/transport.ts";
import { EMPTY_BYTES } from "../../bytes.ts";
import type { Address } from "../../message.ts";
import { freeChunk } from "../../transport/free_chunk.ts";
import { giveChunk, MAX_SMALL_BYTES, readIntoCommon, takeChunk } from "./lent_reads.ts";

const owner: unique symbol = Symbol("transport");

/** A stream with the members of a socket. Its transport is set when the socket is taken. */
interface AnySocket extends Duplex {
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly encrypted?: boolean;
  readonly connecting?: boolean;
  setNoDelay?(noDelay: boolean): unknown;
  setTimeout?(ms: number): unknown;
  resetAndDestroy?(): unknown;
  setKeepAlive?(isOn: boolean, delayMs: number): unknown;
  readonly bytesWritten?: number;
  /** Node's internal handle. Node's HTTP server also reads the progress of a write there. */
  readonly _handle?: { readonly writeQueueSize?: number; readonly bytesWritten?: number } | null;
  [owner]?: SocketTransport;
}

/** A socket that is taken, as its listeners see it. */
interface OwnedSocket extends AnySocket {
  [owner]: SocketTransport;
}

/** The bytes that were last written to several sockets. */
let lastShared: Buffer<ArrayBufferLike> = Buffer.alloc(0);

/** A socket reads by `lent_reads.ts` after so many chunks in a row that are within its mark. */
const MANY_CHUNKS = 8;
/**
 * The marks. Larger chunks of TCP are better off with memory of their own, because a read of 64 KiB
 * is not copied. Node decrypts 16 KiB at a time.
 */
const LENT_BYTES: Readonly<Record<Kind, number>> = {
  plain: MAX_SMALL_BYTES,
  tls: 16 * 1024,
  stream: -1,
};

/** Milliseconds of silence after which the system probes a peer that is not read. */
export const SYSTEM_KEEPALIVE_MS = 20_000;

/**
 * How long a socket refers to bytes that are written.
 *
 * - `plain`: libuv and its counterparts in Deno and Bun try to write at once, and keep no reference
 *   to what the system has taken. `writableLength` 0 means that the system has taken all bytes.
 * - `tls`: Node encrypts within the call unless an earlier write is pending, and keeps no
 *   reference.
 * - `stream`: a stream that is no socket, and TLS on Deno and Bun, may keep a reference for ever.
 */
type Kind = "plain" | "tls" | "stream";

const IS_NODE = !("deno" in process.versions) && !("bun" in process.versions);

function kindOf(socket: AnySocket): Kind {
  const isEncrypted = socket.encrypted === true;
  if (!(socket instanceof Socket) || isEncrypted && !IS_NODE) return "stream";
  return isEncrypted ? "tls" : "plain";
}

/** A transport over a Node stream. Its methods after `abort` are for the listeners. */
class SocketTransport implements Transport {
  sink: TransportSink = noopSink;
  readonly #socket: AnySocket;
  /**
   * A host or a path. It is read at once, because a closed socket has no address and handlers read
   * it in `close`.
   */
  readonly #remoteName: string | undefined;
  /** Undefined for a path. */
  readonly #remotePort: number | undefined;
  readonly #kind: Kind;
  #wasPaused = false;
  #owesDrain = false;
  #isAborted = false;
  #cause: unknown;
  #lentChunks = 0; // chunks up to its mark in a row; `MANY_CHUNKS` if it reads by `lent_reads.ts`

  constructor(socket: AnySocket, path: string | undefined) {
    this.#socket = socket;
    const { remoteAddress, remotePort } = socket;
    this.#remotePort = path === undefined ? remotePort : undefined;
    this.#remoteName = path ?? (remotePort === undefined ? undefined : remoteAddress);
    this.#kind = kindOf(socket);
  }

  get remoteAddress(): Address | null {
    const name = this.#remoteName, port = this.#remotePort;
    if (name === undefined) return null;
    return port === undefined
      ? { transport: "unix", path: name }
      : { transport: "tcp", hostname: name, port };
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  get takenBytes(): number {
    const { bytesWritten = 0, writableLength, _handle } = this.#socket;
    const handedOver = _handle?.bytesWritten, queued = _handle?.writeQueueSize;
    if (handedOver !== undefined && queued !== undefined) return handedOver - queued;
    return bytesWritten - writableLength; // a write counts when all of its bytes are taken
  }

  write(bytes: Uint8Array, start: number, end: number): boolean {
    const socket = this.#socket;
    if (start === end || !socket.writable) return true;
    if (this.#keepsPart()) return this.#write(socket, new Uint8Array(bytes.subarray(start, end)));
    // A stream would make a `Buffer` of any other view.
    return this.#write(socket, Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
  }

  /** The socket would make a `Buffer` of the bytes for each connection: this one is for all. */
  writeShared(bytes: Uint8Array): void {
    const socket = this.#socket;
    if (this.#kind !== "plain" || !socket.writable || bytes.length === 0) {
      this.write(bytes, 0, bytes.length);
      return;
    }
    const { buffer, byteOffset, length } = bytes, last = lastShared;
    const isLast = last.buffer === buffer && last.byteOffset === byteOffset;
    if (!isLast || last.length !== length) lastShared = Buffer.from(buffer, byteOffset, length);
    this.#write(socket, lastShared);
  }

  #write(socket: AnySocket, part: Uint8Array): boolean {
    socket.write(part);
    const left = socket.writableLength;
    if (left > HIGH_WATER_BYTES && !this.#owesDrain) {
      this.#owesDrain = true;
      this.#awaitDrain();
    }
    return this.#kind !== "plain" || left === 0;
  }

  pause(): void {
    if (!this.#wasPaused) this.#socket.setKeepAlive?.(true, SYSTEM_KEEPALIVE_MS);
    this.#wasPaused = true;
    // The `pause` of a socket that reads by `lent_reads.ts` would stop reading at once. Then the
    // end of the peer would not be noticed.
    if (this.#lentChunks >= MANY_CHUNKS) Duplex.prototype.pause.call(this.#socket);
    else this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (this.#socket.writable) this.#socket.end();
  }

  abort(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#isAborted = true;
    // A reset exists only for TCP, and only before FIN is sent. `destroy` follows it, because
    // `resetAndDestroy` alone waits until a peer that does not read has taken all output.
    if (this.#kind === "plain" && socket.writable && this.#remotePort !== undefined) {
      socket.resetAndDestroy?.();
    }
    socket.destroy();
  }

  receive(chunk: Uint8Array): void {
    // A stream may deliver buffered bytes even after it was destroyed.
    if (this.#isAborted) return;
    const bytes = toOwnBytes(chunk);
    if (this.sink.onChunk(bytes) === true) freeChunk(bytes);
  }

  /** A chunk that is given back if nothing refers to it. */
  receiveLent(chunk: Uint8Array): void {
    if (this.#isAborted) return;
    if (this.sink.onChunk(chunk) === true) giveChunk(chunk);
  }

  /** Notes the size of a chunk, and decides how the next ones are read. */
  noteChunk(length: number): void {
    if (!IS_NODE) return;
    if (length > LENT_BYTES[this.#kind]) this.#lentChunks = 0;
    else if (++this.#lentChunks === MANY_CHUNKS) {
      if (!readIntoCommon(this.#socket, onRead)) this.#lentChunks = 0;
    }
  }

  finish(): void {
    if (!this.#isAborted) this.sink.onEnd();
  }

  drain(): void {
    if (!this.#owesDrain || this.#isAborted) return;
    // Bun emits "drain" a second time for upgraded sockets, when new output may wait already.
    if (this.#socket.writableLength > 0) return this.#awaitDrain();
    this.#owesDrain = false;
    this.sink.onDrain();
  }

  fail(error: unknown): void {
    this.#cause ??= error;
  }

  close(): void {
    this.sink.onClose(this.#isAborted ? undefined : this.#cause);
  }

  /**
   * Whether the socket may still refer to the next part that is written after all bytes have left.
   */
  #keepsPart(): boolean {
    const socket = this.#socket, kind = this.#kind;
    if (kind === "tls") return socket.writableLength > 0 || socket.connecting === true;
    return kind === "stream";
  }

  /**
   * Ensures that `drain` is called even if the socket's own mark is higher, because it emits no
   * event then.
   */
  #awaitDrain(): void {
    const socket = this.#socket;
    if (socket.writableNeedDrain) socket.once("drain", onDrain);
    else if (socket.writable) socket.write(EMPTY_BYTES, () => this.drain());
  }
}

const streamPush = Socket.prototype.push;

/**
 * Replaces `push`, which `node:net` calls with each chunk. While the stream flows and its buffer is
 * empty, the original does no more than emit "data", some bookkeeping, and a tick in which it asks
 * for more. Without these a chunk costs 0.4 µs less. A paused stream, and a runtime that does not
 * call `push`, use the original and the event.
 */
function pushNow(this: OwnedSocket, chunk: unknown, encoding?: BufferEncoding): boolean {
  if (!(chunk instanceof Uint8Array) || this.readableFlowing !== true || this.readableLength > 0) {
    return streamPush.call(this, chunk, encoding);
  }
  const transport = this[owner], { length } = chunk; // it has none when its memory is freed
  transport.receive(chunk);
  transport.noteChunk(length);
  return true;
}

/** Replaces `pushNow` for a socket that reads by `lent_reads.ts`. */
function onRead(this: AnySocket, length: number, common: Buffer): boolean {
  const transport = this[owner];
  if (transport === undefined || this.readableFlowing !== true || this.readableLength > 0) {
    return streamPush.call(this, Buffer.from(common.subarray(0, length)));
  }
  transport.receiveLent(takeChunk(length, common));
  return true;
}

function onData(this: OwnedSocket, chunk: Uint8Array): void {
  this[owner].receive(chunk);
}

function onEnd(this: OwnedSocket): void {
  this[owner].finish();
}

function onDrain(this: OwnedSocket): void {
  this[owner].drain();
}

function onError(this: OwnedSocket, error: unknown): void {
  this[owner].fail(error);
}

function onClose(this: OwnedSocket): void {
  this[owner].close();
}

/**
 * Up to this size a chunk on Bun is cheaper to copy: a view of it makes its `ArrayBuffer` an
 * object, which takes 0.6 µs.
 */
const MAX_COPIED_BYTES = "bun" in process.versions ? 512 : 0;

/**
 * Copies a chunk of Node for the sink. The result is a plain `Uint8Array`, because `slice` of a
 * `Buffer` does not copy. It has its memory for itself, because Node 26 cuts the chunks of all TLS
 * sockets from one pool.
 */
export function toOwnBytes(chunk: Uint8Array): Uint8Array {
  const { byteLength } = chunk;
  if (byteLength <= MAX_COPIED_BYTES) return new Uint8Array(chunk);
  const { buffer } = chunk;
  return byteLength === buffer.byteLength ? new Uint8Array(buffer) : new Uint8Array(chunk);
}

/**
 * The scheme of requests on a socket: only TLS sockets have a property `encrypted` that is `true`.
 */
export function schemeOf(socket: object): "http" | "https" {
  return "encrypted" in socket && socket.encrypted === true ? "https" : "http";
}

/** The peer's address of a socket that is not taken yet; `null` if it has no IP address. */
export function peerOf(socket: AnySocket): Address | null {
  const { remoteAddress: hostname, remotePort: port } = socket;
  return hostname === undefined || port === undefined ? null : { transport: "tcp", hostname, port };
}

/**
 * The transport over a connected socket, for example that of an `upgrade` event. From then on the
 * socket belongs to the transport: it flows, has no timeout, and may be half closed. `path` is
 * given for a unix socket that was dialed; every other socket knows its peer's address itself.
 */
export function transportOf(socket: Duplex, path?: string): Transport {
  const owned: AnySocket = socket;
  const known = owned[owner];
  if (known !== undefined) return known;
  const transport = new SocketTransport(owned, path);
  owned[owner] = transport;
  owned.allowHalfOpen = true;
  owned.setNoDelay?.(true);
  owned.setTimeout?.(0);
  owned.on("data", onData);
  if (owned instanceof Socket) owned.push = pushNow;
  owned.on("end", onEnd);
  owned.on("error", onError);
  owned.on("close", onClose);
  owned.resume();
  tellWhatWasMissed(owned, transport);
  return transport;
}

/**
 * Reports the end of a socket that had ended or failed before, because its events are emitted only
 * once.
 */
function tellWhatWasMissed(socket: AnySocket, transport: SocketTransport): void {
  if (socket.errored) transport.fail(socket.errored);
  if (socket.readableEnded && !socket.closed) queueMicrotask(() => transport.finish());
  if (socket.closed) queueMicrotask(() => transport.close());
}
