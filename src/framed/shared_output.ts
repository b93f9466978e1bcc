/**
 * One output buffer for all connections of a process. Frames are encoded into it, and the output
 * of one connection in one turn leaves in one write.
 *
 * A buffer for each connection would cost 64 KiB or more of each. The buffer has one owner at a
 * time: when another connection sends, the bytes of the first are written or parked before.
 *
 * @module
 */
import { type Clock, systemClock } from "../clock.ts";
import { HIGH_WATER_BYTES, type Transport } from "../transport/transport.ts";
import { LargeBuffers, makeOutputBuffer } from "./large_buffers.ts";
import { FlushSchedule, type FlushScheduleOptions } from "./flush_schedule.ts";
import { ParkedOutput } from "./parked_output.ts";

/** Large enough for the replies to a full read of small frames, and for a 64 KiB message. */
const SLAB_BYTES = 128 * 1024;

/** Options of {@linkcode SharedOutput}. */
export interface SharedOutputOptions extends FlushScheduleOptions {
  /**
   * Times the release of spare buffers.
   *
   * @default {systemClock}
   */
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
  readonly #lent = new Map<Transport, Uint8Array>(); // buffers that transports still refer to
  readonly #parked = new ParkedOutput();
  readonly #flushes: FlushSchedule;

  constructor(options: SharedOutputOptions) {
    this.#flushes = new FlushSchedule(options, () => {
      this.#write();
      this.#parked.endTick();
    });
    this.#large = new LargeBuffers(options.clock ?? systemClock);
  }

  /** The buffer under the last reservation. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Bytes of this transport that are not yet written. */
  pendingOf(transport: Transport): number {
    const parked = this.#parked.isEmpty ? 0 : this.#parked.bytesOf(transport);
    return transport === this.#owner ? parked + this.#length : parked;
  }

  /** Makes room for a transport's next bytes; returns their offset in `bytes`. */
  reserve(transport: Transport, size: number): number {
    if (transport !== this.#owner) this.#setOwner(transport);
    if (this.#flushes.isScheduled) this.#flushes.onSend();
    if (this.#length + size > this.#bytes.length) {
      this.#write();
      this.#setOwner(transport);
      if (size > SLAB_BYTES) this.#bytes = this.#large.take(size);
    }
    const at = this.#length;
    this.#length = at + size;
    return at;
  }

  /** Takes the last `size` reserved bytes back. */
  release(size: number): void {
    this.#length -= size;
  }

  /** Gathers output until `uncork`, while messages are delivered. May be nested. */
  cork(): void {
    this.#corks++;
    this.#flushes.expectReply();
  }

  /** Ends a `cork`; the outermost one writes. */
  uncork(): void {
    if (--this.#corks === 0) this.#write();
  }

  /** Writes all output now. */
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
    if (!this.#parked.isEmpty) this.#parked.write(owner); // it was sent before
    if (bytes === this.#slab) this.#writeSlab(owner, length);
    else if (owner.write(bytes, 0, length)) this.#large.give(bytes);
    else this.#lend(owner, bytes);
  }

  /** The transport has given everything to the system: it refers to no buffer any more. */
  onDrain(transport: Transport): void {
    const bytes = this.#lent.get(transport);
    if (bytes !== undefined) this.#large.give(bytes);
    this.#lent.delete(transport);
  }

  /** The transport is gone, and so is the buffer that it may refer to. */
  onClosed(transport: Transport): void {
    this.#lent.delete(transport);
  }

  /** Parks the owner's bytes until the end of the tick, because another connection sends. */
  #park(owner: Transport): void {
    if (this.#bytes !== this.#slab || !this.#parked.add(owner, this.#bytes, this.#length)) return;
    this.#length = 0;
  }

  #writeSlab(owner: Transport, length: number): void {
    const slab = this.#slab;
    // A transport with a full buffer would keep the slab: it is given a copy of the bytes.
    if (owner.bufferedAmount > 0) owner.write(slab.slice(0, length), 0, length);
    else if (!owner.write(slab, 0, length)) {
      this.#lend(owner, slab);
      this.#bytes = this.#slab = this.#large.take(SLAB_BYTES);
    }
  }

  /** Leaves a buffer with a transport until it drains. Of several, only the last is reused. */
  #lend(owner: Transport, bytes: Uint8Array): void {
    if (owner.bufferedAmount > HIGH_WATER_BYTES) this.#lent.set(owner, bytes); // so that `onDrain` follows
  }

  #setOwner(transport: Transport): void {
    if (this.#flushes.isScheduled && this.#owner !== null) this.#park(this.#owner);
    this.#write();
    this.#owner = transport;
    if (this.#corks > 0) return;
    this.#parked.noteSender(transport);
    this.#flushes.start();
  }
}
