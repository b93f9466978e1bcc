/**
 * A socket as a pipe with `read` and `write`, for negotiating with a proxy.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { TunnelPipe } from "../../transport/runtime.ts";

/** One socket, until it is released. */
export class SocketPipe implements TunnelPipe {
  readonly #socket: Socket;
  #chunks: (Uint8Array | null)[] = [];
  #error: unknown = null;
  #wake: () => void = () => {};
  readonly #onData = (chunk: Uint8Array): void => this.#push(new Uint8Array(chunk));
  readonly #onEnd = (): void => this.#push(null);
  readonly #onError = (error: unknown): void => this.destroy(error);

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onEnd);
    socket.on("error", this.#onError);
  }

  async read(): Promise<Uint8Array | null> {
    while (this.#chunks.length === 0) {
      if (this.#error !== null) throw this.#error;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#chunks.shift()!;
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#socket.write(bytes);
    return Promise.resolve();
  }

  /** Drops the socket. A pending read rejects with the error. */
  destroy(error: unknown): void {
    this.#error ??= error;
    this.#wake();
    this.#socket.destroy();
  }

  /** Gives the socket back, paused. */
  release(): Socket {
    const socket = this.#socket;
    socket.pause();
    socket.off("data", this.#onData);
    socket.off("end", this.#onEnd);
    socket.off("close", this.#onEnd);
    socket.off("error", this.#onError);
    return socket;
  }

  #push(chunk: Uint8Array | null): void {
    this.#chunks.push(chunk);
    this.#wake();
  }
}
