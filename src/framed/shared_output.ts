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
import { type Clock, systemClock } from "../clock.ts";
import { HIGH_WATER_BYTES, type Transport } from "../transport/transport.ts";
import { LargeBuffers, makeOutputBuffer } from "./large_buffers.ts";
import { OutputTurn, type OutputTurnOptions } from "./output_turn.ts";
import { ParkedOutput } from "./parked_output.ts";

/** Large enough for the replies to a full read of small frames, and for a 64 KiB message. */
const SLAB_BYTES = 128 * 1024;

/** What an output is made of. */
export interface SharedOutputOptions extends OutputTurnOptions {
  /** By which spare buffers are let go. Default: the system's. */
  readonly clock?: Clock;
}

/** The shared output of a process. */
export class SharedOutput {
  #slab: Uint8Array = makeOutputBuffer(SLAB_BYTES);
  #bytes: Uint8Array = this.#slab;
  #length = 0;
  #owner: Transport | null = null;
  #corks = 0;
  readonly #large: LargeBuffers;
  readonly #lent = new Map<Transport, Uint8Array>();
  readonly #parked = new ParkedOutput();
  readonly #turn: OutputTurn;

  constructor(options: SharedOutputOptions) {
    this.#turn = new OutputTurn(options, () => {
      this.#write();
      this.#parked.endTurn();
    });
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
    if (this.#turn.isScheduled) this.#turn.sent();
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
    this.#turn.heard();
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
    if (this.#turn.isScheduled && this.#owner !== null) this.#park(this.#owner);
    this.#write();
    this.#owner = transport;
    if (this.#corks > 0) return;
    this.#parked.beginOf(transport);
    this.#turn.begin();
  }
}
