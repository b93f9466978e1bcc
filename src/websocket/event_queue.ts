/**
 * The queue of a `WebSocket`'s events. Each has a task of its own, in order.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { SocketCore } from "./socket_core.ts";
import type { Tasks } from "./tasks.ts";
import { EventReceiver } from "./event_receiver.ts";

/** Runs the tasks of one socket. */
export class EventQueue {
  readonly #tasks: Tasks;
  readonly #deliver: (message: Message) => void;
  readonly #waiting: (Message | (() => void))[] = [];
  #core: SocketCore | null = null;
  #receiver: EventReceiver | null = null;
  #isCorked = false; // while the tasks of messages that arrived together run

  /** `deliver` fires the event of a message. */
  constructor(tasks: Tasks, deliver: (message: Message) => void) {
    this.#tasks = tasks;
    this.#deliver = deliver;
  }

  /** The connection is open. Begins to listen to the peer. */
  start(core: SocketCore): void {
    this.#core = core;
    this.#receiver = new EventReceiver(core.wire, (message) => this.#onMessage(message));
    core.start(this.#receiver);
  }

  /** Queues a task, or the task of a message. */
  queue(task: Message | (() => void)): void {
    this.#waiting.push(task);
    this.#tasks.queue(this.#run);
  }

  /**
   * The first message of a chunk can use the task in which the chunk arrived, if that has no other
   * event.
   */
  #onMessage(message: Message): void {
    const core = this.#core!;
    const isFirst = core.isChunkNew && this.#waiting.length === 0;
    core.isChunkNew = false;
    if (!isFirst || !this.#tasks.isChunkFree) return this.queue(message);
    this.#tasks.begin();
    this.#take(message);
  }

  readonly #run = (): void => {
    this.#tasks.begin();
    if (this.#core !== null) this.#core.isChunkNew = false; // delayed messages arrive in this task
    const task = this.#waiting.shift()!;
    if (typeof task === "function") task();
    else {
      this.#cork();
      this.#take(task);
    }
    if (this.#isCorked && this.#waiting.length === 0) this.#uncork();
  };

  #take(message: Message): void {
    this.#receiver!.taken(message);
    this.#deliver(message);
  }

  /** Corks the output, so that the replies to the messages of one chunk leave together. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#core!.wire.cork();
  }

  #uncork(): void {
    this.#isCorked = false;
    this.#core!.wire.uncork();
  }
}
