/**
 * What receivers of `fanout.ts` got and were told, and whether it adds up to what was sent.
 *
 * @module
 */

/** What a receiver was told in JSON. */
interface Told {
  readonly epoch: string;
  readonly offset: number;
  readonly lost?: { readonly from: number; readonly to: number | null } | null;
}

/** One receiver's account: it counts offsets by itself, from where it was told to begin. */
export class Ledger {
  readonly got = new Set<string>();
  readonly faults: string[] = [];
  readonly #lastOf = new Map<string, number>(); // number, by publisher
  readonly #all: Map<string, string>;
  #epoch = "";
  #offset = 0;
  #toldLost = 0;
  readonly #visited = new Set<string>(); // epochs
  readonly #told: ((epoch: string, offset: number) => boolean)[] = [];
  readonly #counts: boolean;
  #hasBegun: boolean;

  /**
   * `all` has the messages by position, as all receivers have seen them. `isTold`: the first message
   * is the answer of the subscription. `counts`: offsets grow by one.
   */
  constructor(all: Map<string, string>, { isTold, counts }: { isTold: boolean; counts: boolean }) {
    this.#all = all;
    this.#hasBegun = !isTold;
    this.#counts = counts;
  }

  /** Messages that it was told to be lost; `Infinity` when it cannot be known how many. */
  get toldLost(): number {
    return this.#toldLost;
  }

  /** Takes what has come: a message `PUBLISHER:NUMBER`, or JSON. */
  take(text: string): void {
    if (text.startsWith("{")) return this.#takeTold(JSON.parse(text));
    if (!this.#hasBegun) this.faults.push(`${text} came before the answer`);
    if (this.got.has(text)) this.faults.push(`${text} came twice`);
    this.got.add(text);
    const [publisher = "", number] = text.split(":");
    if (Number(number) < (this.#lastOf.get(publisher) ?? -1)) this.faults.push(`${text} came late`);
    this.#lastOf.set(publisher, Number(number));
    this.#offset++;
    if (this.#epoch === "" || !this.#counts) return;
    const at = `${this.#epoch}:${this.#offset}`, known = this.#all.get(at);
    if (known === undefined) this.#all.set(at, text);
    else if (known !== text) this.faults.push(`${at} is ${text} here, and was ${known} elsewhere`);
  }

  /**
   * Messages that are missing, and were not told to be lost. Where offsets are counted, one that
   * another receiver has must be told by its position.
   */
  missing(sent: Iterable<string>): string[] {
    const missing = [...sent].filter((message) => !this.got.has(message));
    if (missing.length > this.#toldLost) return missing;
    if (missing.length === 0 || !this.#counts) return [];
    const told = new Set<string>(), seen = new Set<string>();
    for (const [at, message] of this.#all) {
      const colon = at.lastIndexOf(":"), epoch = at.slice(0, colon);
      const offset = Number(at.slice(colon + 1));
      seen.add(message);
      // An epoch that it was never in began and ended between two others.
      const isBetween = this.#toldLost === Infinity && !this.#visited.has(epoch);
      if (isBetween || this.#told.some((covers) => covers(epoch, offset))) told.add(message);
    }
    return missing.filter((message) =>
      seen.has(message) ? !told.has(message) : this.#toldLost < Infinity
    );
  }

  #takeTold({ epoch, offset, lost }: Told): void {
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
