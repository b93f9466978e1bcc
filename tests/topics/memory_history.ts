/**
 * An engine in memory that numbers and keeps messages, for tests of what topics make of its
 * outages.
 *
 * @module
 */
import type {
  Backplane,
  BackplaneStart,
  Delivered,
  Relayed,
  RelayedPage,
} from "../../src/topics/backplane.ts";
import type { Position } from "../../src/topics/position.ts";

/** The history of one topic in the engine. */
class Stream {
  readonly epoch: string;
  readonly kept: Delivered[] = [];
  readonly #last = new Map<string, number>(); // sequence, by origin

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  get end(): Position {
    return { epoch: this.epoch, offset: this.kept.length };
  }

  add(relayed: Relayed): void {
    const { origin, sequence } = relayed;
    if ((this.#last.get(origin) ?? 0) >= sequence) return;
    this.#last.set(origin, sequence);
    this.kept.push({ ...relayed, position: { epoch: this.epoch, offset: this.kept.length + 1 } });
  }
}

/** The engine, which all its backplanes share: one topic, of which it gives the newest `keeps`. */
export class MemoryHistory {
  readonly backplanes: HistoryBackplane[] = [];
  /** Every stream that there was, the newest last. */
  readonly streams: Stream[] = [new Stream("e0")];
  isUp = true;
  /**
   * The next `publish` rejects after the engine has the messages: it goes away before it tells of
   * them.
   */
  losesAnswer = false;
  readonly #keeps: number;

  constructor(keeps: number) {
    this.#keeps = keeps;
  }

  get stream(): Stream {
    return this.streams.at(-1)!;
  }

  /** A backplane of one process. */
  connect(): HistoryBackplane {
    const backplane = new HistoryBackplane(this);
    this.backplanes.push(backplane);
    return backplane;
  }

  /** The engine goes away. */
  fail(): void {
    if (!this.isUp) return;
    this.isUp = false;
    for (const { started } of this.backplanes) started.events.onDown(new Error("away"));
  }

  /** The engine comes back, perhaps without all that it had. */
  recover({ forgets = false } = {}): void {
    if (this.isUp) return;
    this.isUp = true;
    if (forgets) this.streams.push(new Stream(`e${this.streams.length}`));
    for (const backplane of this.backplanes) {
      backplane.pull();
      backplane.started.events.onUp();
    }
  }

  read(since: Position | null): RelayedPage {
    if (!this.isUp) throw new Error("away");
    const { end, kept } = this.stream;
    if (since === null) return { position: end, messages: [], lost: null };
    if (since.epoch !== end.epoch || since.offset > end.offset) {
      return { position: end, messages: [], lost: { from: since.offset + 1, to: null } };
    }
    const first = Math.max(since.offset, end.offset - this.#keeps);
    const lost = first > since.offset ? { from: since.offset + 1, to: first } : null;
    return { position: { ...end, offset: first }, messages: kept.slice(first), lost };
  }
}

/** Carries one topic to the other processes. */
export class HistoryBackplane implements Backplane {
  started!: BackplaneStart;
  readonly #engine: MemoryHistory;
  #name = "";
  #position: Position | null = null; // of the last message that was passed on

  constructor(engine: MemoryHistory) {
    this.#engine = engine;
  }

  start(start: BackplaneStart): void {
    this.started = start;
    queueMicrotask(() => start.events.onUp());
  }

  async publish(_name: string, messages: readonly Relayed[]): Promise<void> {
    const engine = this.#engine;
    await null;
    if (!engine.isUp) throw new Error("away");
    for (const relayed of messages) engine.stream.add(relayed);
    if (engine.losesAnswer) {
      engine.losesAnswer = false;
      for (let turns = 0; turns < 20; turns++) await null; // others can read it until then
      engine.fail();
      throw new Error("the answer was lost");
    }
    for (const backplane of engine.backplanes) backplane.pull();
  }

  async subscribe(name: string): Promise<void> {
    await null;
    this.#position = this.#engine.read(null).position;
    this.#name = name;
  }

  async unsubscribe(): Promise<void> {
    await null;
    this.#position = null;
  }

  async history(_name: string, since: Position | null): Promise<RelayedPage> {
    await null;
    return this.#engine.read(since);
  }

  async close(): Promise<void> {
    await null;
  }

  /** Passes on what is new. */
  pull(): void {
    if (this.#position === null) return;
    const { events } = this.started, name = this.#name;
    const since = this.#position;
    let page = this.#engine.read(since);
    if (page.lost?.to === null) {
      const { lost } = page;
      page = this.#engine.read({ epoch: page.position.epoch, offset: 0 });
      events.onLost(name, lost, page.position, since);
    } else if (page.lost !== null) events.onLost(name, page.lost, page.position, since);
    this.#position = this.#engine.stream.end;
    for (const delivered of page.messages) events.onMessage(name, delivered);
  }
}
