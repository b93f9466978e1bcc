/**
 * One output buffer for all connections of a process. Frames are encoded into it, and
 * all that one connection sends in one turn leaves in one write.
 *
 * A buffer per connection would cost 64 KiB and more for each (performance.md point 2).
 * The buffer has one owner at a time; when another connection sends, the first one's
 * bytes leave before.
 *
 * @module
 */
import { type Clock, systemClock } from "./clock.ts";
import { HIGH_WATER_BYTES, type Transport } from "./transport.ts";
import { LargeBuffers, makeOutputBuffer } from "./large_buffers.ts";
import { ParkedOutput } from "./parked_output.ts";

/** Large enough for the replies to a full read of small frames, and for a 64 KiB message. */
const SLAB_BYTES = 128 * 1024;

/** Runs a callback soon, after the code that is running now and what it has set in motion. */
export type Defer = (callback: () => void) => void;

/** What decides how much is gathered when no chunk is being processed. */
export interface SharedOutputOptions {
  /** By which spare buffers are let go. Default: the system's. */
  readonly clock?: Clock;
  readonly defer: Defer;
  /** All is written when so many callbacks of `defer` in a row have seen no new output. */
  readonly quietTurns: number;
}

/** The shared output of a process. */
export class SharedOutput {
  #slab: Uint8Array = makeOutputBuffer(SLAB_BYTES);
  #bytes: Uint8Array = this.#slab;
  #length = 0;
  #owner: Transport | null = null;
  #corks = 0;
  #isScheduled = false;
  readonly #large: LargeBuffers;
  readonly #lent = new Map<Transport, Uint8Array>();
  #restTurns = 0; // turns without new output until all is written
  #sends = 0; // since a write was scheduled
  #gathers = false; // sends follow one another: to wait for more of them saves writes
  #hasHeard = false; // a chunk came since a write was scheduled last
  #isAnswer = false; // it had come before the one that is scheduled
  readonly #parked = new ParkedOutput();
  readonly #options: SharedOutputOptions;
  readonly #flushDeferred = (): void => {
    if (--this.#restTurns > 0) return this.#options.defer(this.#flushDeferred);
    this.#isScheduled = false;
    if (this.#isAnswer) this.#gathers = this.#sends > 1;
    this.#write();
    this.#parked.endTurn();
  };

  constructor(options: SharedOutputOptions) {
    this.#options = options;
    this.#large = new LargeBuffers(options.clock ?? systemClock);
  }

  /** The buffer under the last reservation. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Bytes of this transport that are waiting here. */
  pendingOf(transport: Transport): number {
    const parked = this.#parked.isEmpty ? 0 : this.#parked.bytesOf(transport);
    return transport === this.#owner ? parked + this.#length : parked;
  }

  /** Makes room for a transport's next bytes; returns their offset in `bytes`. */
  reserve(transport: Transport, size: number): number {
    if (transport !== this.#owner) this.#own(transport);
    if (this.#isScheduled) this.#expectMore();
    if (this.#length + size > this.#bytes.length) {
      this.#write();
      this.#own(transport);
      if (size > SLAB_BYTES) this.#bytes = this.#large.take(size);
    }
    const at = this.#length;
    this.#length = at + size;
    return at;
  }

  /** Gives back the last `size` bytes. */
  release(size: number): void {
    this.#length -= size;
  }

  /** From here to `uncork` all is gathered, as while a chunk is processed. May be nested. */
  cork(): void {
    this.#corks++;
    this.#hasHeard = true;
  }

  /** Ends what `cork` began; the outermost one writes. */
  uncork(): void {
    if (--this.#corks === 0) this.#write();
  }

  /** Writes what is waiting. */
  flush(): void {
    this.#write();
    this.#parked.writeAll();
  }

  #write(): void {
    const owner = this.#owner, length = this.#length, bytes = this.#bytes;
    this.#owner = null;
    this.#length = 0;
    this.#bytes = this.#slab;
    if (owner === null || length === 0) return;
    if (!this.#parked.isEmpty) this.#parked.write(owner); // it comes before
    if (bytes === this.#slab) this.#writeSlab(owner, length);
    else if (owner.write(bytes, 0, length)) this.#large.give(bytes);
    else this.#lend(owner, bytes);
  }

  /** The transport has given all it had to the system: it does not need our buffer any more. */
  drained(transport: Transport): void {
    const bytes = this.#lent.get(transport);
    if (bytes !== undefined) this.#large.give(bytes);
    this.#lent.delete(transport);
  }

  /** The transport is gone, and what it may still refer to with it. */
  closed(transport: Transport): void {
    this.#lent.delete(transport);
  }

  /** Another connection sends in the same turn: this one's bytes wait apart for the end of it. */
  #park(owner: Transport): void {
    if (this.#bytes !== this.#slab || !this.#parked.add(owner, this.#bytes, this.#length)) return;
    this.#length = 0;
  }

  #writeSlab(owner: Transport, length: number): void {
    const slab = this.#slab;
    // A transport that is behind would keep the slab: give it a copy of just the bytes.
    if (owner.bufferedAmount > 0) owner.write(slab.slice(0, length), 0, length);
    else if (!owner.write(slab, 0, length)) {
      this.#lend(owner, slab);
      this.#bytes = this.#slab = this.#large.take(SLAB_BYTES);
    }
  }

  /** Leaves a buffer with a transport until it drains; of several, the last comes back. */
  #lend(owner: Transport, bytes: Uint8Array): void {
    if (owner.bufferedAmount > HIGH_WATER_BYTES) this.#lent.set(owner, bytes); // it owes `onDrain`
  }

  #own(transport: Transport): void {
    if (this.#isScheduled && this.#owner !== null) this.#park(this.#owner);
    this.#write();
    this.#owner = transport;
    if (this.#corks > 0) return;
    this.#parked.beginOf(transport);
    if (!this.#isScheduled) this.#schedule();
  }

  /**
   * Sees to it that what is sent outside of a chunk is written. An answer to a chunk is likely to
   * be the only one, and leaves at the next occasion; `defer` costs Node a microsecond. Where a
   * send follows on another one, more will follow.
   */
  #schedule(): void {
    this.#isScheduled = true;
    this.#sends = 0;
    this.#isAnswer = this.#hasHeard;
    this.#hasHeard = false;
    if (!this.#isAnswer) this.#gathers = true;
    (this.#gathers ? this.#options.defer : queueMicrotask)(this.#flushDeferred);
  }

  #expectMore(): void {
    this.#sends++;
    this.#restTurns = this.#gathers ? this.#options.quietTurns : 1;
  }
}
