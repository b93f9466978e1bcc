/**
 * The history of topics in a JetStream stream. All topics share the stream and its sequence
 * numbers, so the offsets of one topic grow by one or more.
 *
 * @module
 */
import type { BackplaneEvents, Delivered, Relayed, RelayedPage } from "../backplane.ts";
import type { HistoryOptions } from "../history.ts";
import type { Position } from "../position.ts";
import type { NatsSubjects } from "./subjects.ts";
import type {
  JetStreamClient,
  JetStreamInfo,
  JetStreamManager,
  JetStreamMessage,
  JetStreamMessages,
} from "./types.ts";
import { withSignal } from "../../promises.ts";
import { readRelayed, writeRelayed } from "../envelope.ts";
import { FollowedStream } from "./followed_stream.ts";
import { Once } from "../once.ts";

const NANOS = 1_000_000_000;

/** Options of {@linkcode JetStreamHistory}. */
export interface JetStreamHistoryOptions {
  readonly history: HistoryOptions;
  readonly subjects: NatsSubjects;
}

/** Publishes to the stream, and reads it. */
export class JetStreamHistory {
  readonly #jetstream: JetStreamClient;
  readonly #options: JetStreamHistoryOptions;
  /** By topic, after a failed call: the stream has the messages up to this sequence. */
  readonly #taken = new Map<string, number>();
  #connected = new AbortController(); // aborted when the connection is lost
  #manager: Promise<JetStreamManager> | null = null;

  constructor(jetstream: JetStreamClient, options: JetStreamHistoryOptions) {
    this.#jetstream = jetstream;
    this.#options = options;
  }

  /**
   * Publishes one message after the other, so that a message that has to be published again does
   * not end up behind the next one.
   */
  async publish(name: string, messages: readonly Relayed[]): Promise<void> {
    await this.#open();
    const subject = this.#options.subjects.subject(name);
    const taken = this.#taken.get(name) ?? 0;
    for (const relayed of messages) {
      if (relayed.sequence <= taken) continue;
      // JetStream keeps only one of several messages with the same id within two minutes.
      const msgID = `${relayed.origin}:${relayed.sequence}`;
      try {
        const answer = this.#jetstream.publish(subject, writeRelayed(relayed), { msgID });
        // Without the signal the client would wait five seconds for an answer that is lost.
        await withSignal(answer, this.#connected.signal);
        this.#taken.set(name, relayed.sequence);
      } catch (error) {
        this.#manager = null; // the stream may be gone
        throw error;
      }
    }
    this.#taken.delete(name);
  }

  /** Rejects the requests under way: the connection is lost, and with it their answers. */
  onDisconnect(): void {
    this.#connected.abort(new Error("NATS: the connection is lost"));
    this.#connected = new AbortController();
  }

  /** Passes on the messages that are published from now on. */
  async follow(name: string, events: BackplaneEvents): Promise<FollowedStream> {
    const followed = new FollowedStream({
      name,
      events,
      read: (since) => this.read(name, since),
      consume: (after, callback) => this.#consume(name, after, callback),
    });
    await followed.begin();
    return followed;
  }

  async read(name: string, since: Position | null): Promise<RelayedPage> {
    const manager = await this.#open(), { subjects: { stream } } = this.#options;
    const subject = this.#options.subjects.subject(name);
    const info = await manager.streams.info(stream, { subjects_filter: subject });
    const epoch = epochOf(info), end = { epoch, offset: info.state.last_seq };
    if (since === null) return { position: end, messages: [], lost: null };
    if (since.epoch !== epoch || since.offset > end.offset) {
      return { position: end, messages: [], lost: { from: since.offset + 1, to: null } };
    }
    const last = await manager.streams.getMessage(stream, { last_by_subj: subject }).catch(() =>
      null
    );
    const messages = last === null || last.seq <= since.offset
      ? []
      : await this.#readUpTo(name, { epoch, after: since.offset, last: last.seq });
    if (await this.#isWhole(name, since, info)) return { position: since, messages, lost: null };
    const before = messages.length > 0 ? messages[0]!.position!.offset - 1 : end.offset;
    const lost = before > since.offset ? { from: since.offset + 1, to: before } : null;
    return { position: { epoch, offset: Math.max(before, since.offset) }, messages, lost };
  }

  /** Whether all messages of a topic after a position are still kept. In doubt the answer is no. */
  async #isWhole(name: string, since: Position, info: JetStreamInfo): Promise<boolean> {
    const { history, subjects } = this.#options, subject = subjects.subject(name);
    const kept = info.state.subjects?.[subject] ?? 0;
    // The age limit removes the oldest messages of the stream, and the count limit the oldest of
    // the topic.
    if (info.state.first_seq <= since.offset + 1 && kept < history.messages) return true;
    if (since.offset === info.state.last_seq) return true;
    const manager = await this.#open();
    const at = await manager.streams.getMessage(subjects.stream, { seq: since.offset }).catch(() =>
      null
    );
    return at?.subject === subject; // if this message is kept, all later ones are kept too
  }

  async #readUpTo(
    name: string,
    { epoch, after, last }: { epoch: string; after: number; last: number },
  ): Promise<Delivered[]> {
    const found: Delivered[] = [], once = new Once();
    let messages: JetStreamMessages | null = null;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#consume(name, after, (message) => {
          const all = readRelayed(message.string(), 0, { epoch, offset: message.seq });
          found.push(...all.filter((one) => once.isNew(one)));
          if (message.seq >= last) resolve();
        }).then((begun) => messages = begun, reject);
      });
    } finally {
      (messages as JetStreamMessages | null)?.stop();
    }
    return found;
  }

  async #consume(
    name: string,
    after: number,
    callback: (message: JetStreamMessage) => void,
  ): Promise<JetStreamMessages> {
    const { subjects } = this.#options;
    const consumer = await this.#jetstream.consumers.get(subjects.stream, {
      filter_subjects: subjects.subject(name),
      deliver_policy: "by_start_sequence",
      opt_start_seq: after + 1,
    });
    return await consumer.consume({ callback });
  }

  /** Makes the stream, unless it exists. */
  #open(): Promise<JetStreamManager> {
    this.#manager ??= this.#makeStream();
    this.#manager.catch(() => this.#manager = null);
    return this.#manager;
  }

  async #makeStream(): Promise<JetStreamManager> {
    const { history, subjects } = this.#options;
    const config = {
      subjects: [subjects.all],
      max_msgs_per_subject: history.messages,
      max_age: Math.round(history.seconds * NANOS),
      discard: "old",
    };
    const manager = await this.#jetstream.jetstreamManager();
    try {
      await manager.streams.info(subjects.stream);
    } catch {
      await manager.streams.add({ name: subjects.stream, ...config });
      return manager;
    }
    await manager.streams.update(subjects.stream, config);
    return manager;
  }
}

/** The epoch of a stream is its time of creation, because a new stream counts from 1. */
function epochOf({ created }: JetStreamInfo): string {
  return created.replace(/\W/g, "");
}
