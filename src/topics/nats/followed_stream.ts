/**
 * One topic that this process follows in a stream of JetStream.
 *
 * @module
 */
import type { BackplaneEvents, RelayedPage } from "../backplane.ts";
import type { Position } from "../position.ts";
import type { JetStreamMessage, JetStreamMessages } from "./types.ts";
import { systemClock } from "../../clock.ts";
import { readRelayed } from "../envelope.ts";
import { readMissed } from "../read_missed.ts";
import { Once } from "../once.ts";

/** Options of {@linkcode FollowedStream}. */
export interface FollowedStreamOptions {
  readonly name: string;
  readonly events: BackplaneEvents;
  /** Reads the history after a position; with `null`, only the position of its end. */
  read(since: Position | null): Promise<RelayedPage>;
  /** Calls back with each message after a sequence number, in order. */
  consume(
    after: number,
    callback: (message: JetStreamMessage) => void,
  ): Promise<JetStreamMessages>;
}

/** Milliseconds until following the stream is tried again. */
const RETRY_MS = 200;

/** Passes on messages in order. After an outage it reports messages that the stream has lost. */
export class FollowedStream {
  readonly #options: FollowedStreamOptions;
  readonly #once = new Once();
  #position!: Position; // of the last message that was passed on
  #messages: JetStreamMessages | null = null;
  #turn = 0; // number of the current attempt to follow; messages of earlier attempts are ignored
  #hasEnded = false;

  constructor(options: FollowedStreamOptions) {
    this.#options = options;
  }

  async begin(): Promise<void> {
    this.#position = (await this.#options.read(null)).position;
    await this.#follow();
  }

  /** Ends following, because the topic is no longer subscribed. */
  end(): void {
    this.#hasEnded = true;
    this.#messages?.stop();
  }

  /** Reads the missed messages, and follows the stream again. */
  onReconnect(): void {
    this.#catchUp().catch(() => systemClock.after(RETRY_MS, () => this.onReconnect()));
  }

  async #catchUp(): Promise<void> {
    if (this.#hasEnded) return;
    const { name, events } = this.#options;
    this.#turn++;
    this.#messages?.stop();
    const page = await readMissed(this.#options, this.#position);
    this.#position = page.position;
    for (const message of page.messages) {
      this.#position = message.position!;
      if (this.#once.isNew(message)) events.onMessage(name, message);
    }
    await this.#follow();
  }

  async #follow(): Promise<void> {
    const { name, events, consume } = this.#options, turn = ++this.#turn;
    const { epoch, offset } = this.#position;
    const messages = await consume(offset, (message) => {
      if (turn !== this.#turn || this.#hasEnded || message.seq <= this.#position.offset) return;
      this.#position = { epoch, offset: message.seq };
      for (const one of readRelayed(message.string(), 0, this.#position)) {
        if (this.#once.isNew(one)) events.onMessage(name, one);
      }
    });
    if (this.#hasEnded || turn !== this.#turn) messages.stop();
    else this.#messages = messages;
  }
}
