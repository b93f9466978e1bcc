/**
 * A connection as a `Duplex` of `node:stream`.
 *
 * @module
 */
import { Duplex, type DuplexOptions } from "node:stream";
import type { WebSocket } from "./web_socket.ts";

/**
 * Makes a duplex stream of a socket. Each write is sent as a message. Messages are read as bytes,
 * or with `readableObjectMode` as one value each. The peer waits while the stream is not read.
 */
export function createWebSocketStream(socket: WebSocket, options: DuplexOptions = {}): Duplex {
  return new SocketStream(socket, options);
}

class SocketStream extends Duplex {
  readonly #socket: WebSocket;
  #isEnded = false; // the socket is closed or closing

  constructor(socket: WebSocket, options: DuplexOptions) {
    super({
      ...options,
      autoDestroy: false,
      emitClose: false,
      objectMode: false,
      writableObjectMode: false,
    });
    this.#socket = socket;
    socket.on("message", (data, isBinary) => {
      const chunk = !isBinary && this.readableObjectMode ? data.toString() : data;
      if (!this.push(chunk)) socket.pause();
    });
    socket.once("error", (error) => {
      this.#isEnded = true;
      if (!this.destroyed) this.destroy(error);
    });
    socket.once("close", () => {
      this.#isEnded = true;
      if (!this.destroyed) this.push(null);
    });
    const destroyIfEnded = (): void => {
      if (!this.destroyed && this.readableEnded && this.writableFinished) this.destroy();
    };
    this.on("end", destroyIfEnded).on("finish", destroyIfEnded);
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  override _write(
    chunk: Uint8Array,
    encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    const socket = this.#socket;
    if (socket.readyState === socket.CONNECTING) {
      socket.once("open", () => this._write(chunk, encoding, callback));
    } else socket.send(chunk, callback);
  }

  /**
   * Calls back when the closing handshake is complete, because every message has been sent then.
   */
  override _final(callback: (error?: Error | null) => void): void {
    const socket = this.#socket;
    if (socket.readyState === socket.CONNECTING) {
      socket.once("open", () => this._final(callback));
      return;
    }
    if (socket.readyState === socket.CLOSED) return callback();
    socket.once("close", () => callback());
    socket.close();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const socket = this.#socket;
    const finish = (): void => {
      callback(error);
      queueMicrotask(() => this.emit("close"));
    };
    if (socket.readyState === socket.CLOSED) return finish();
    socket.once("close", finish);
    if (!this.#isEnded) socket.terminate();
  }
}
