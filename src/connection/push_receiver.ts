/**
 * Feeds a handler one message at a time: the next one waits for the promise of the last,
 * and when too much waits, the peer is held back.
 *
 * @module
 */
import type { Message } from "../handler.ts";
import type { Delivery } from "../protocol/protocol_sink.ts";
import type { Receiver } from "./receiver.ts";
import type { Wire } from "./wire.ts";
import { Inbox } from "./inbox.ts";
import { isPromise, READY } from "./promises.ts";

/** What a push receiver asks of its connection. */
export interface PushReceiverHost {
  /** Calls the handler's `message`. */
  deliver(message: Message): void | Promise<void>;
  /** The handler threw, or its promise was rejected. */
  failed(error: unknown): void;
  /** No more will come, and all that came is handled. */
  finished(): void;
}

/** Messages for a handler that is fed. */
export class PushReceiver implements Receiver {
  readonly #wire: Wire;
  readonly #host: PushReceiverHost;
  #inbox: Inbox | null = null; // made when a handler is first slower than its peer
  #isBusy = false;
  #isEnding = false;
  #hasEnded = false;
  #isFinished = false;
  #onDone: (() => void) | null = null;
  #onFailed: ((error: unknown) => void) | null = null;

  constructor(wire: Wire, host: PushReceiverHost) {
    this.#wire = wire;
    this.#host = host;
  }

  get heldBytes(): number {
    return this.#inbox?.bytes ?? 0;
  }

  get isBusy(): boolean {
    return this.#isBusy && !this.#isEnding;
  }

  beginMessage(): Delivery {
    return "message";
  }

  message(message: Message): boolean {
    if (!this.#isBusy && (this.#inbox === null || this.#inbox.isEmpty)) {
      this.#deliver(message);
      return true;
    }
    const inbox = this.#inbox ??= new Inbox();
    inbox.push(message);
    if (!inbox.isFull || this.#isEnding) return true;
    this.#wire.hold();
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

  clear(): void {
    this.#inbox?.clear();
  }

  /** Lets nothing through until the promise is settled: `open` comes before all messages. */
  waitFor(work: PromiseLike<unknown>): void {
    this.#isBusy = true;
    this.#onDone ??= () => this.#done();
    this.#onFailed ??= (error) => {
      this.#host.failed(error);
      this.#done();
    };
    work.then(this.#onDone, this.#onFailed);
  }

  #deliver(message: Message): void {
    this.#isBusy = true; // the handler itself may end the connection
    try {
      const result: unknown = this.#host.deliver(message);
      // Most handlers return nothing, or the promise of a `send` that had room.
      if (result !== undefined && result !== READY && isPromise(result)) {
        return this.waitFor(result);
      }
    } catch (error) {
      this.#host.failed(error);
    }
    this.#isBusy = false;
    if (this.#hasEnded) this.#finish();
  }

  #deliverNext(inbox: Inbox): void {
    try {
      this.#deliver(inbox.shift() as Message);
    } catch (error) {
      this.#host.failed(error);
    }
  }

  #done(): void {
    this.#isBusy = false;
    const inbox = this.#inbox, wire = this.#wire;
    if (inbox !== null && !inbox.isEmpty) {
      wire.cork();
      while (!this.#isBusy && !inbox.isEmpty) this.#deliverNext(inbox);
      wire.uncork();
    }
    if (this.#isBusy) {
      if (inbox!.hasRoom) wire.resume();
    } else if (this.#hasEnded) this.#finish();
    else wire.resume();
  }

  #finish(): void {
    const isDone = !this.#isBusy && (this.#inbox === null || this.#inbox.isEmpty);
    if (!isDone || this.#isFinished) return;
    this.#isFinished = true;
    this.#host.finished();
  }
}
