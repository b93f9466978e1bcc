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

  /** Messages that are missing, beyond those that it was told to be lost. */
  missing(sent: Iterable<string>): string[] {
    const missing = [...sent].filter((message) => !this.got.has(message));
    return missing.length <= this.#toldLost ? [] : missing;
  }

  #takeTold({ epoch, offset, lost }: Told): void {
    if (this.#hasBegun && lost !== null && lost !== undefined) {
      if (this.#counts && lost.from !== this.#offset + 1 && this.#epoch !== "") {
        this.faults.push(`told to have lost from ${lost.from}, after ${this.#offset}`);
      }
      this.#toldLost += lost.to === null ? Infinity : lost.to - lost.from + 1;
    }
    this.#hasBegun = true;
    this.#epoch = epoch;
    this.#offset = offset;
  }
}
