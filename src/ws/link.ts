/**
 * Links a connection to its `WebSocket` of `ws`: events of the connection become events of the
 * socket, and calls of the socket become calls of the connection.
 *
 * @module
 */
import type { EventEmitter } from "node:events";
import type { CloseInfo, MessageHandler, SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import { Buffer } from "node:buffer";
import { ReadyState } from "../handler.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { type BinaryType, toBuffer, toRawData } from "./data.ts";
import { toEventError } from "./event_error.ts";
import type { WebSocketEvents } from "./events.ts";

/** The handler of one connection, and the state of its `WebSocket`. */
export class Link implements MessageHandler {
  binaryType: BinaryType = "nodebuffer";
  readonly #emitter: EventEmitter<WebSocketEvents>;
  // Most messages whose listeners may run at the same time; 0 if listeners are not awaited.
  readonly #awaited: number;
  #connection: SendingConnection | null = null;
  #end: "none" | "failed" | "over" = "none";
  #isPaused = false;
  #wasClean = false;
  readonly #held: (() => void)[] = []; // deliveries that wait for `resume`

  /** With `awaitListeners` 0, listeners are not awaited. */
  constructor(
    emitter: EventEmitter<WebSocketEvents>,
    { awaitListeners }: { awaitListeners: number },
  ) {
    this.#emitter = emitter;
    this.#awaited = awaitListeners;
  }

  get concurrency(): number {
    return Math.max(1, this.#awaited);
  }

  /** The connection, once it is open. */
  get connection(): SendingConnection | null {
    return this.#connection;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }

  get readyState(): ReadyState {
    if (this.#end === "over") return ReadyState.CLOSED;
    if (this.#connection === null) {
      return this.#end === "failed" ? ReadyState.CLOSING : ReadyState.CONNECTING;
    }
    // For listeners the state is `CLOSED` only after the event `close`.
    const { readyState } = this.#connection;
    return readyState === ReadyState.OPEN ? readyState : ReadyState.CLOSING;
  }

  open(connection: SendingConnection): void {
    this.#connection = connection;
    this.#emitter.emit("open");
  }

  message(_connection: SendingConnection, message: Message): void | Promise<void> {
    if (!this.#isPaused) return this.#deliver(message);
    return new Promise((resolve, reject) => {
      this.#held.push(() => {
        try {
          resolve(this.#deliver(message));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  ping(_connection: SendingConnection, payload: Uint8Array): void {
    this.#emitter.emit("ping", toBuffer(payload));
  }

  pong(_connection: SendingConnection, payload: Uint8Array): void {
    this.#emitter.emit("pong", toBuffer(payload));
  }

  close(_connection: SendingConnection, closing: CloseInfo): void {
    const error = toEventError(closing);
    // Without a listener `emit` would throw, and a peer could end the process.
    if (error !== null && this.#emitter.listenerCount("error") > 0) {
      this.#emitter.emit("error", error);
    }
    this.#finish(closing);
  }

  /** The connection could not be made. */
  fail(error: Error): void {
    if (this.#end !== "none") return;
    this.#end = "failed";
    queueMicrotask(() => {
      try {
        this.#emitter.emit("error", error); // throws if there is no listener, as in `ws`
      } finally {
        this.#finish({ code: CloseCode.AbnormalClosure, reason: "", wasClean: false });
      }
    });
  }

  pause(): void {
    if (this.#connection !== null && this.#end === "none") this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    while (!this.#isPaused && this.#held.length > 0) this.#held.shift()!();
  }

  #finish({ code, reason, wasClean }: Pick<CloseInfo, "code" | "reason" | "wasClean">): void {
    this.#end = "over";
    this.#wasClean = wasClean;
    // `ws` reports the code of the peer's Close, and 1006 if there was none.
    const told = wasClean ? code : CloseCode.AbnormalClosure;
    this.#emitter.emit("close", told, Buffer.from(wasClean ? reason : ""));
  }

  #deliver(message: Message): void | Promise<void> {
    const isBinary = typeof message !== "string";
    const data = toRawData(message, this.binaryType);
    const emitter = this.#emitter;
    if (this.#awaited === 0) return void emitter.emit("message", data, isBinary);
    const work = emitter.rawListeners("message").map((listener) =>
      listener.call(emitter, data, isBinary)
    );
    return Promise.all(work).then(() => {});
  }
}
