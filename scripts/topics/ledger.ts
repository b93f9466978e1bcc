/**
 * What receivers of `fanout.ts` got and were told, and whether it adds up to what was sent.
 *
 * @module
 */
import type { Chronicle, Sent } from "./chronicle.ts";

/** What a receiver was told in JSON. */
interface Told {
  readonly epoch: string;
  readonly offset: number;
  readonly lost?: { readonly from: number; readonly to: number | null } | null;
}

/** What a receiver can know. */
export interface LedgerOptions {
  /** The first message is the answer of the subscription. */
  readonly isTold: boolean;
  /** Offsets grow by one, so it counts them by itself. */
  readonly counts: boolean;
}

/** One receiver's account: it counts offsets by itself, from where it was told to begin. */
export class Ledger {
  readonly faults: string[] = [];
  readonly #chronicle: Chronicle;
  readonly #counts: boolean;
  readonly #lastOf = new Map<string, number>(); // number, by publisher
  readonly #visited = new Set<string>(); // epochs
  readonly #told: ((epoch: string, offset: number) => boolean)[] = [];
  readonly #notes: string[] = [];
  #got = new Uint8Array(256); // 1 at the index of a message
  #count = 0;
  #epoch = "";
  #offset = 0;
  #toldLost = 0;
  #hasBegun: boolean;

  constructor(chronicle: Chronicle, { isTold, counts }: LedgerOptions) {
    this.#chronicle = chronicle;
    this.#hasBegun = !isTold;
    this.#counts = counts;
  }

  /** Whether the answer of its subscription has come, if it is told one. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Number of messages it has. */
  get count(): number {
    return this.#count;
  }

  /** Messages that it was told to be lost; `Infinity` when it cannot be known how many. */
  get toldLost(): number {
    return this.#toldLost;
  }

  /** What it was told, word by word. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Takes what has come: a message `PUBLISHER:NUMBER`, or JSON. */
  take(text: string): void {
    if (text.startsWith("{")) return this.#takeTold(text);
    const sent = this.#chronicle.find(text);
    if (sent === undefined) return void this.faults.push(`${text} was not sent by anybody`);
    if (!this.#hasBegun) this.faults.push(`${text} came before the answer`);
    this.#note(sent);
    if (sent.number < (this.#lastOf.get(sent.publisher) ?? -1)) {
      this.faults.push(`${text} came late`);
    }
    this.#lastOf.set(sent.publisher, sent.number);
    this.#offset++;
    if (this.#epoch === "" || !this.#counts) return;
    const known = this.#chronicle.place(this.#epoch, this.#offset, sent);
    if (known === null) return;
    const at = `${this.#epoch}:${this.#offset}`;
    this.faults.push(`${at} is ${text} here, and was ${known.text} elsewhere`);
  }

  /**
   * Messages that are missing, and were not told to be lost. Where offsets are counted, one that
   * another receiver has must be told by its position.
   */
  missing(): readonly Sent[] {
    const { sent } = this.#chronicle;
    if (this.#count === sent.length) return [];
    const missing = sent.filter(({ index }) => this.#got[index] !== 1);
    if (missing.length > this.#toldLost) return missing;
    if (!this.#counts) return [];
    const told = new Set<Sent>(), seen = new Set<Sent>();
    this.#chronicle.forEach((epoch, offset, message) => {
      seen.add(message);
      // An epoch that it was never in began and ended between two others.
      const isBetween = this.#toldLost === Infinity && !this.#visited.has(epoch);
      if (isBetween || this.#told.some((covers) => covers(epoch, offset))) told.add(message);
    });
    return missing.filter((message) =>
      seen.has(message) ? !told.has(message) : this.#toldLost < Infinity
    );
  }

  #note({ index, text }: Sent): void {
    if (index >= this.#got.length) {
      const more = new Uint8Array(2 * Math.max(index, this.#got.length));
      more.set(this.#got);
      this.#got = more;
    }
    if (this.#got[index] === 1) this.faults.push(`${text} came twice`);
    else this.#count++;
    this.#got[index] = 1;
  }

  #takeTold(text: string): void {
    const { epoch, offset, lost }: Told = JSON.parse(text);
    this.#notes.push(`after ${this.#epoch}:${this.#offset} ${text}`);
    if (this.#hasBegun && lost !== null && lost !== undefined) {
      if (this.#counts && lost.from !== this.#offset + 1 && this.#epoch !== "") {
        this.faults.push(`told to have lost from ${lost.from}, after ${this.#offset}`);
      }
      const { from, to } = lost, before = this.#epoch;
      this.#toldLost += to === null ? Infinity : to - from + 1;
      this.#told.push((at, number) => {
        const isBefore = at === before && number >= from && number <= (to ?? Infinity);
        return isBefore || (to === null && at === epoch && number <= offset);
      });
    }
    this.#hasBegun = true;
    this.#visited.add(epoch);
    this.#epoch = epoch;
    this.#offset = offset;
  }
}
