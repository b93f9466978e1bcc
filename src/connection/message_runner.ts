/**
 * Runs a handler with `message`. It is called with one message at a time, and again when its
 * promise has settled; `concurrency` allows several calls at once. When too many messages wait, the
 * peer is paused.
 *
 * @module
 */
import type { MessageHandler } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Delivery } from "../protocol/protocol_sink.ts";
import type { Receiver, ReceiverState } from "./receiver.ts";
import type { AttachOptions } from "./attach_options.ts";
import { HandlerRunner } from "./handler_runner.ts";
import { Inbox } from "./inbox.ts";
import { isPromise, READY } from "../promises.ts";
import { mustNotReturn } from "./sendable.ts";
import { checkTransferred } from "./transferred.ts";

/**
 * The messages that wait for a handler, and the callbacks for the promises of its running calls.
 */
interface Backlog {
  readonly inbox: Inbox<Message>;
  /** Called once, when no call of the handler is running. */
  onIdle: (() => void) | null;
  readonly onDone: (result: unknown) => void;
  readonly onFailed: (error: unknown) => void;
}

/**
 * Runs a handler with `message` and receives its messages. It is one object with both roles, to
 * save memory.
 */
export class MessageRunner extends HandlerRunner<MessageHandler> implements Receiver {
  #backlog: Backlog | null = null; // made for the first handler call that returns a promise
  #busy = 0; // calls of the handler whose promises are not settled
  #limit: number; // of concurrent calls; 0 until the promise of `open` is settled
  #state: ReceiverState = "open";

  constructor(handler: MessageHandler, options: AttachOptions) {
    super(handler, options, null);
    this.#limit = handler.concurrency ?? 1;
  }

  get bufferedBytes(): number {
    return this.#backlog?.inbox.bytes ?? 0;
  }

  get isBusy(): boolean {
    return this.#busy > 0 && this.#state === "open";
  }

  start(): void {
    this.core.start(this);
  }

  run(): void {
    const { handler, connection } = this;
    if (handler.open === undefined) return;
    try {
      const opened: unknown = handler.open(connection, connection.request);
      if (isPromise(opened)) this.#waitForOpen(opened);
      else mustNotReturn(opened);
    } catch (error) {
      this.fail(error);
    }
  }

  beginMessage(): Delivery {
    return "message";
  }

  onMessage(message: Message): boolean {
    // Written out, here and in `#endIfIdle`, for the sake of Bun: see `FrameWire.isCongested`.
    if (this.#busy < this.#limit && (this.#backlog === null || this.#backlog.inbox.isEmpty)) {
      this.#deliver(message);
      return true;
    }
    const { inbox } = this.#backlog ??= this.#makeBacklog();
    inbox.push(message);
    if (!inbox.isFull || this.#state !== "open") return true;
    this.core.wire.pause();
    return false;
  }

  onFragment(): boolean {
    return true; // `beginMessage` asks for whole messages only
  }

  onEnding(): void {
    if (this.#state === "open") this.#state = "ending";
  }

  onEnd(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#endIfIdle();
  }

  override discard(): void {
    this.#backlog?.inbox.clear();
  }

  whenIdle(callback: () => void): void {
    if (this.#busy === 0) return callback();
    (this.#backlog ??= this.#makeBacklog()).onIdle = callback;
    this.#limit = 0;
    queueMicrotask(() => this.#tellIdle()); // later, because the caller may be the handler itself
  }

  #makeBacklog(): Backlog {
    return {
      inbox: new Inbox(),
      onIdle: null,
      onDone: (result) => {
        try {
          mustNotReturn(result);
        } catch (error) {
          this.fail(error);
        }
        this.#onDone();
      },
      onFailed: (error) => {
        this.fail(error);
        this.#onDone();
      },
    };
  }

  /** Delivers nothing until the promise of `open` is settled. */
  #waitForOpen(work: PromiseLike<unknown>): void {
    const limit = this.#limit;
    this.#backlog ??= this.#makeBacklog();
    this.#limit = 0;
    this.#busy++;
    work.then(mustNotReturn).then(undefined, (error) => this.fail(error)).then(() => {
      if (this.#backlog?.onIdle === null) this.#limit = limit;
      this.#onDone();
    });
  }

  #deliver(message: Message): void {
    this.#busy++; // before the call: the handler itself may end the connection
    try {
      const result: unknown = this.handler.message?.(this.connection, message);
      // Most handlers return nothing, or the promise of a `send` that did not wait: the checks of
      // other results take 0.1 µs, a sixth of an echo.
      if (result !== undefined && result !== READY) {
        if (isPromise(result)) {
          const { onDone, onFailed } = this.#backlog ??= this.#makeBacklog();
          return void result.then(onDone, onFailed);
        }
        mustNotReturn(result);
      }
    } catch (error) {
      this.fail(error);
    }
    this.#busy--;
    if (this.#state === "ended") this.#endIfIdle();
  }

  #deliverNext(inbox: Inbox<Message>): void {
    try {
      const message = inbox.shift();
      checkTransferred(message);
      this.#deliver(message);
    } catch (error) {
      this.fail(error);
    }
  }

  /** A promise of the handler is settled. */
  #onDone(): void {
    this.#busy--;
    this.#tellIdle();
    const { inbox } = this.#backlog ??= this.#makeBacklog(), { wire } = this.core;
    if (!inbox.isEmpty) {
      wire.cork();
      try {
        while (this.#busy < this.#limit && !inbox.isEmpty) this.#deliverNext(inbox);
      } finally {
        wire.uncork();
      }
    }
    if (this.#busy > 0 && this.#busy >= this.#limit) {
      if (inbox.hasRoom) wire.resume();
    } else if (this.#state === "ended") this.#endIfIdle();
    else wire.resume();
  }

  #tellIdle(): void {
    const backlog = this.#backlog, onIdle = backlog?.onIdle ?? null;
    if (backlog === null || onIdle === null || this.#busy > 0) return;
    backlog.onIdle = null;
    onIdle();
  }

  #endIfIdle(): void {
    if (this.#busy === 0 && (this.#backlog === null || this.#backlog.inbox.isEmpty)) this.end();
  }
}
