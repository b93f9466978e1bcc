/**
 * Feeds a handler one message at a time: the next one waits for the promise of the last,
 * and when too much waits, the peer is held back.
 *
 * @module
 */
import type { WebSocketHandler } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Delivery } from "../protocol/protocol_sink.ts";
import type { Receiver } from "./receiver.ts";
import type { AttachOptions } from "./attach_options.ts";
import { Attachment } from "./attachment.ts";
import { Inbox } from "./inbox.ts";
import { isPromise, READY } from "../promises.ts";

/** What a handler needs that is slower than its peer. */
interface Backlog {
  readonly inbox: Inbox;
  readonly onDone: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** A handler that is fed. */
export class PushReceiver extends Attachment implements Receiver {
  #backlog: Backlog | null = null; // made when it is first needed
  #isBusy = false;
  #isEnding = false;
  #hasEnded = false;

  constructor(handler: WebSocketHandler, options: AttachOptions) {
    super(handler, options, null);
  }

  get heldBytes(): number {
    return this.#backlog?.inbox.bytes ?? 0;
  }

  get isBusy(): boolean {
    return this.#isBusy && !this.#isEnding;
  }

  start(): void {
    this.core.start(this);
  }

  run(): void {
    const handler = this.handler!, { connection } = this;
    if (handler.open === undefined) return;
    try {
      const opened: unknown = handler.open(connection, connection.request);
      if (isPromise(opened)) this.#waitFor(opened); // `open` comes before all messages
    } catch (error) {
      this.failed(error);
    }
  }

  beginMessage(): Delivery {
    return "message";
  }

  message(message: Message): boolean {
    // Written out, here and in `#finish`, for the sake of Bun: see `FrameWire.isCongested`.
    if (!this.#isBusy && (this.#backlog === null || this.#backlog.inbox.isEmpty)) {
      this.#deliver(message);
      return true;
    }
    const { inbox } = this.#backlog ??= this.#makeBacklog();
    inbox.push(message);
    if (!inbox.isFull || this.#isEnding) return true;
    this.core.wire.hold();
    return false;
  }

  fragment(): boolean {
    return true; // `beginMessage` asks for whole messages only
  }

  ending(): void {
    this.#isEnding = true;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#finish();
  }

  override clear(): void {
    this.#backlog?.inbox.clear();
  }

  #makeBacklog(): Backlog {
    return {
      inbox: new Inbox(),
      onDone: () => this.#done(),
      onFailed: (error) => {
        this.failed(error);
        this.#done();
      },
    };
  }

  /** Lets nothing through until the promise is settled. */
  #waitFor(work: PromiseLike<unknown>): void {
    this.#isBusy = true;
    const { onDone, onFailed } = this.#backlog ??= this.#makeBacklog();
    work.then(onDone, onFailed);
  }

  #deliver(message: Message): void {
    this.#isBusy = true; // the handler itself may end the connection
    try {
      const result: unknown = this.handler!.message?.(this.connection, message);
      // Most handlers return nothing, or the promise of a `send` that had room.
      if (result !== undefined && result !== READY && isPromise(result)) {
        return this.#waitFor(result);
      }
    } catch (error) {
      this.failed(error);
    }
    this.#isBusy = false;
    if (this.#hasEnded) this.#finish();
  }

  #deliverNext(inbox: Inbox): void {
    try {
      this.#deliver(inbox.shift() as Message);
    } catch (error) {
      this.failed(error);
    }
  }

  #done(): void {
    this.#isBusy = false;
    const { wire } = this.core, { inbox } = this.#backlog!;
    if (!inbox.isEmpty) {
      wire.cork();
      while (!this.#isBusy && !inbox.isEmpty) this.#deliverNext(inbox);
      wire.uncork();
    }
    if (this.#isBusy) {
      if (inbox.hasRoom) wire.resume();
    } else if (this.#hasEnded) this.#finish();
    else wire.resume();
  }

  #finish(): void {
    if (!this.#isBusy && (this.#backlog === null || this.#backlog.inbox.isEmpty)) this.finished();
  }
}
