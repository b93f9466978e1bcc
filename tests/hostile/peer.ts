/**
 * A peer that means no good: one TCP connection with nothing between it and the bytes.
 *
 * @module
 */
import { connect, type Socket } from "node:net";
import { writeRequest } from "../conformance/own/request_cases.ts";
import { writeResponse } from "../conformance/own/response_cases.ts";
import { readFrames } from "../helpers/read_frames.ts";
import { concat } from "../helpers/bits.ts";

/** How a peer opens. */
export interface OpenOptions {
  readonly path?: string;
  /** Further lines of the request. */
  readonly lines?: readonly string[];
  /** Whether what comes is kept, to be looked at. Default `false`: it is counted. */
  readonly keeps?: boolean;
}

/** One connection of a peer. */
export class Peer {
  readonly socket: Socket;
  /** Bytes that came. */
  receivedBytes = 0;
  /** The head of the answer, once it is there. */
  head: string | null = null;
  isEnded = false;
  #keeps = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #wake: () => void = () => {};

  /** Connects to a port, or takes a socket that was accepted. */
  constructor(from: number | Socket) {
    this.socket = typeof from !== "number" ? from : connect({
      host: "127.0.0.1",
      port: from,
      noDelay: true,
      allowHalfOpen: true,
    });
    this.socket.on("data", (chunk) => this.#take(chunk));
    this.socket.on("connect", () => this.#wake());
    for (const event of ["end", "close", "error"]) {
      this.socket.on(event, () => {
        this.isEnded = true;
        this.#wake();
      });
    }
  }

  /** Connects and waits for that; the peer has sent nothing. */
  static async connect(port: number): Promise<Peer> {
    const peer = new Peer(port);
    await peer.#until(() => !peer.socket.connecting, 10_000);
    return peer;
  }

  /** Connects and resets at once, before the target has had the time to accept. */
  static connectAndReset(port: number): Promise<void> {
    const socket = connect({ host: "127.0.0.1", port });
    return new Promise((resolve) => {
      socket.on("connect", () => socket.resetAndDestroy());
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
  }

  /** Connects and opens a WebSocket. */
  static async open(port: number, options: OpenOptions = {}): Promise<Peer> {
    const peer = new Peer(port);
    peer.request(options);
    await peer.answered();
    return peer;
  }

  /** Opens many, some at a time. */
  static async openMany(port: number, count: number, options: OpenOptions): Promise<Peer[]> {
    const peers: Peer[] = [];
    while (peers.length < count) {
      const size = Math.min(50, count - peers.length);
      peers.push(
        ...await Promise.all(Array.from({ length: size }, () => Peer.open(port, options))),
      );
    }
    return peers;
  }

  /** Sends the request of an opening handshake. */
  request({ path = "/echo", lines = [], keeps = false }: OpenOptions): void {
    this.#keeps = keeps;
    const fields = lines.map((line) => `${line}\r\n`).join("");
    this.write(writeRequest({ line: `GET ${path} HTTP/1.1`, lines: fields }));
  }

  /** Waits for a head, at most so long; gives its status code, 0 if none came. */
  async answered(timeoutMs = 10_000): Promise<number> {
    await this.#until(() => this.head !== null || this.isEnded, timeoutMs);
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.head ?? "")?.[1] ?? 0);
  }

  /** Whether the target ends the connection in time. */
  async endsWithin(timeoutMs: number): Promise<boolean> {
    return await this.#until(() => this.isEnded, timeoutMs);
  }

  /** Answers the request of a client, once it is there: the connection is open then. */
  async accept(lines = ""): Promise<void> {
    await this.#until(() => this.head !== null || this.isEnded, 10_000);
    const head = this.head ?? "";
    // Who asks for a window must be answered (RFC 7692 section 7.1.2.1).
    const window = /; *server_max_window_bits=\d+/i.exec(head)?.[0] ?? "";
    this.write(writeResponse(head, { lines: lines.replace("\r\n", `${window}\r\n`) }));
  }

  /** Waits for so many frames; gives those that came, in words. */
  async frames(count: number, timeoutMs = 5_000): Promise<readonly string[]> {
    const read = () => readFrames(this.#bytes).frames;
    await this.#until(() => read().length >= count || this.isEnded, timeoutMs);
    return read();
  }

  /** All that came behind the head, as Latin-1; of a peer that keeps. */
  get text(): string {
    return new TextDecoder("latin1").decode(this.#bytes);
  }

  /** Sends bytes, or text as Latin-1. */
  write(data: Uint8Array | string): boolean {
    if (this.socket.destroyed) return true;
    return typeof data === "string" ? this.socket.write(data, "latin1") : this.socket.write(data);
  }

  /** Sends the same again and again at the target's pace, until the time is up; gives the bytes. */
  async flood(part: Uint8Array, forMs: number, mostBytes = Infinity): Promise<number> {
    const end = performance.now() + forMs;
    let sent = 0;
    while (!this.socket.destroyed && sent < mostBytes) {
      const left = end - performance.now();
      if (left <= 0) break;
      sent += part.length;
      if (this.write(part)) continue;
      await this.#drained(left);
    }
    return sent;
  }

  /** Waits until the system takes more, at most so long. */
  async #drained(timeoutMs: number): Promise<void> {
    const { socket } = this;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        for (const event of ["drain", "close"]) socket.off(event, finish);
        resolve();
      };
      const timer = setTimeout(finish, timeoutMs);
      for (const event of ["drain", "close"]) socket.on(event, finish);
    });
  }

  /** Reads no more. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Reads so many bytes a second. */
  readAt(bytesPerSecond: number): () => void {
    const stepMs = 20, budget = bytesPerSecond * stepMs / 1_000;
    let allowed = this.receivedBytes;
    const timer = setInterval(() => {
      allowed += budget;
      if (this.receivedBytes <= allowed) this.socket.resume();
      else this.socket.pause();
    }, stepMs);
    this.socket.on("data", () => {
      if (this.receivedBytes > allowed) this.socket.pause();
    });
    return () => clearInterval(timer);
  }

  /** Ends our side. */
  end(): void {
    this.socket.end();
  }

  /** Ends both sides without a word. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Closes as a process that ends does. */
  drop(): void {
    this.socket.destroy();
  }

  #take(chunk: Uint8Array): void {
    this.receivedBytes += chunk.length;
    if (this.head === null || this.#keeps) this.#bytes = concat([this.#bytes, chunk]);
    if (this.head === null) {
      const text = this.text, at = text.indexOf("\r\n\r\n");
      if (at >= 0) {
        this.head = text.slice(0, at);
        this.#bytes = this.#bytes.slice(at + 4);
      }
    }
    this.#wake();
  }

  async #until(isThere: () => boolean, timeoutMs: number): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    while (!isThere()) {
      const left = end - performance.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 50));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return true;
  }
}
