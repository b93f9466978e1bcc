/**
 * One output buffer for all connections of a process. Frames are encoded into it. The output of one
 * connection in one turn leaves in one write.
 *
 * A buffer per connection would cost 64 KiB and more for each. The buffer has one owner at a time.
 * When another connection sends, the bytes of the first are written, or they stay in the buffer
 * until the end of the turn. They stay while a chunk is processed, because a second owner then
 * means a message to many connections. Outside of a chunk they stay if one message was sent on
 * several connections, or if connections alternated in the last turn.
 *
 * @module
 */
import type { Message } from "../message.ts";
import { type Clock, systemClock } from "../clock.ts";
import { HIGH_WATER_BYTES, type Transport } from "../transport/transport.ts";
import { GatheredOutput, type OutputSlot } from "./gathered_output.ts";
import { LargeBuffers, makeOutputBuffer } from "./large_buffers.ts";
import { isKnowable, repeatedMessage } from "./repeated_message.ts";
import { OutputHabit } from "./output_habit.ts";
import { FlushSchedule, type FlushScheduleOptions, type Schedule } from "./flush_schedule.ts";

/** Large enough for the replies to a full read of small frames, and for a 64 KiB message. */
const SLAB_BYTES = 128 * 1024;
/**
 * Most bytes that may wait for the end of a turn: twice 16 messages of 64 bytes to 1,000
 * connections.
 */
const MAX_GATHERED_BYTES = 2 * 1024 * 1024;
/**
 * A chunk that causes output to up to this many connections passes on an answer; output to more
 * connections is a broadcast. So is one message that is sent on more than so many outside of a
 * chunk: sessions also alternate there, but each sends an answer of its own.
 */
const FEW_CHANGES = 2;
/**
 * After so many messages in a row that differ, outside of a chunk, no message is expected to be sent
 * on several connections in this turn. Sessions answer so: to note each answer would take 0.07 of
 * 0.75 µs on Node.
 */
const MANY_DIFFERENT = 8;
/**
 * Most connections that gathered output is written to before other sockets are read. What arrives
 * meanwhile joins the output that still waits. A message to 1,000 connections then takes half as
 * long on Node and Bun, if the next one is published at the first receipt of the last. Other
 * connections are read during a broadcast. Deno's event loop completes 128 operations of sockets in
 * a turn. Each further write would wait in a future, and each turn would poll all of these again.
 */
const WRITES_PER_TURN = 100;

/** Options of {@linkcode SharedOutput}. */
export interface SharedOutputOptions extends FlushScheduleOptions {
  /**
   * Runs a callback after all chunks for which the system has data, so that output caused by
   * several of them leaves together. Default: `schedule`.
   */
  readonly later?: Schedule;
  /**
   * Most connections to which gathered output is written in one call of `later`. The others follow
   * in further calls. Default: {@linkcode WRITES_PER_TURN}.
   */
  readonly writesPerTurn?: number;
  /** The clock by which spare buffers are released. Default: the system's. */
  readonly clock?: Clock;
}

/** The shared output of a process. */
export class SharedOutput {
  /**
   * Whether `isBroadcast` has to be asked: not for an answer to a chunk, nor for those of sessions.
   * It is a field, because each message reads it.
   */
  mayRepeat = true;
  #slab: Uint8Array = makeOutputBuffer(SLAB_BYTES);
  #gatheredEnd = 0; // the bytes of the slab before it are gathered
  #bytes: Uint8Array = this.#slab;
  #start = 0; // start of the owner's bytes in `#bytes`
  #length = 0; // end of the owner's bytes in `#bytes`
  #owner: Transport | null = null;
  #corks = 0;
  // Changes of the owner since the outermost `cork`; outside of a chunk, those of one message.
  #changes = 0;
  #message: Message | null = null; // what was sent last outside of a chunk, in this tick
  #different = 0; // messages outside of a chunk, in a row
  #isLaterSet = false;
  readonly #full: Uint8Array[] = []; // slabs that are full of gathered bytes
  readonly #large: LargeBuffers;
  readonly #lent = new Map<Transport, Uint8Array>();
  readonly #gathered = new GatheredOutput();
  readonly #habit = new OutputHabit();
  readonly #flushes: FlushSchedule;
  readonly #later: Schedule;
  readonly #writesPerTurn: number;
  readonly #onLater = (): void => {
    this.#isLaterSet = false;
    this.#write();
    if (this.#gathered.writeSome(this.#writesPerTurn)) this.#flushLater();
    else this.flush();
  };

  constructor(options: SharedOutputOptions) {
    this.#flushes = new FlushSchedule(options, () => this.#endTick());
    this.#later = options.later ?? options.schedule;
    this.#writesPerTurn = options.writesPerTurn ?? WRITES_PER_TURN;
    this.#large = new LargeBuffers(options.clock ?? systemClock);
  }

  /** The buffer under the last reservation. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Whether a message that a transport is about to send goes to many connections: the chunk that is
   * being processed causes output to many, or the same message was sent on several just now.
   */
  isBroadcast(transport: Transport, message: Message): boolean {
    if (this.#corks === 0 && this.#changes <= FEW_CHANGES) this.#noteMessage(transport, message);
    return this.#changes > FEW_CHANGES;
  }

  /** Bytes of this transport that are waiting here. */
  pendingOf(transport: Transport): number {
    const gathered = this.#gathered.isEmpty ? 0 : this.#gathered.bytesOf(transport);
    return transport === this.#owner ? gathered + this.#length - this.#start : gathered;
  }

  /** Makes room for a transport's next bytes; returns their offset in `bytes`. */
  reserve(transport: Transport, size: number): number {
    if (transport !== this.#owner) this.#setOwner(transport);
    if (this.#flushes.isScheduled) this.#flushes.onSend();
    if (this.#length + size > this.#bytes.length) {
      this.#makeRoom(transport);
      this.#setOwner(transport);
      if (size > SLAB_BYTES) this.#take(this.#large.take(size));
    }
    const at = this.#length;
    this.#length = at + size;
    return at;
  }

  /** Gives back the last `size` bytes. */
  release(size: number): void {
    this.#length -= size;
  }

  /** The slot of a transport, for `share`. It is valid until the transport is closed. */
  slotOf(transport: Transport): OutputSlot {
    return this.#gathered.slotOf(transport);
  }

  /** Sends bytes that never change and are shared with other transports. */
  share(slot: OutputSlot, bytes: Uint8Array): void {
    if (slot.transport === this.#owner) this.#gather(slot.transport);
    this.#gathered.addShared(slot, bytes);
    this.#flushLater();
  }

  /** Gathers all output until `uncork`, as during a chunk. Calls may be nested. */
  cork(): void {
    this.#corks++;
    this.mayRepeat = this.#changes > FEW_CHANGES;
    this.#flushes.expectReply();
  }

  /**
   * Ends the matching `cork`. The outermost call writes the output, or leaves it to the end of the
   * turn.
   */
  uncork(): void {
    if (--this.#corks > 0) return;
    this.mayRepeat = true;
    if (this.#changes > 0) this.#endBroadcast();
    if (this.#owner === null || this.#gathered.isEmpty) this.#write();
    else this.#gather(this.#owner);
  }

  /** Writes what is waiting. */
  flush(): void {
    this.#write();
    if (this.#gathered.isEmpty && this.#gatheredEnd === 0 && this.#full.length === 0) return;
    if (this.#gathered.writeAll()) { for (const slab of this.#full) this.#large.give(slab); }
    else this.#slab = this.#large.take(SLAB_BYTES);
    this.#full.length = 0;
    this.#beginSlab(0);
  }

  /**
   * The transport has given all its bytes to the system, so it no longer refers to a lent buffer.
   */
  onDrain(transport: Transport): void {
    const bytes = this.#lent.get(transport);
    if (bytes !== undefined) this.#large.give(bytes);
    this.#lent.delete(transport);
  }

  /** The transport is closed, so it no longer refers to a lent buffer. */
  onClosed(transport: Transport): void {
    this.#lent.delete(transport);
    this.#gathered.forget(transport);
  }

  #write(): void {
    const owner = this.#owner, start = this.#start, length = this.#length, bytes = this.#bytes;
    this.#owner = null;
    this.#beginSlab(this.#gatheredEnd);
    if (owner === null || length === start) return;
    if (!this.#gathered.isEmpty) this.#gathered.write(owner); // gathered bytes come first
    if (bytes === this.#slab) this.#writeSlab(owner, start, length);
    else if (owner.write(bytes, 0, length)) this.#large.give(bytes);
    else this.#lend(owner, bytes);
  }

  #writeSlab(owner: Transport, start: number, end: number): void {
    const slab = this.#slab;
    // A transport that is behind would keep the slab, so it is given a copy of its bytes.
    if (owner.bufferedAmount > 0) owner.write(slab.slice(start, end), 0, end - start);
    else if (!owner.write(slab, start, end)) {
      // Otherwise it still holds gathered bytes when the transport drains.
      if (this.#gatheredEnd === 0) this.#lend(owner, slab);
      this.#slab = this.#large.take(SLAB_BYTES);
      this.#beginSlab(0);
    }
  }

  /**
   * Lends a buffer to a transport until it drains. If several are lent, only the last is reused.
   */
  #lend(owner: Transport, bytes: Uint8Array): void {
    // The transport will call `onDrain`.
    if (owner.bufferedAmount > HIGH_WATER_BYTES) this.#lent.set(owner, bytes);
  }

  #setOwner(transport: Transport): void {
    const owner = this.#owner;
    if (owner !== null) {
      if (this.#isGathering()) this.#gather(owner);
      else this.#write();
    }
    this.#owner = transport;
    if (this.#corks > 0) return;
    this.#habit.noteSender(transport);
    this.#flushes.start();
  }

  /**
   * Decides, when another connection sends, whether the bytes of the last one wait for the end of
   * the turn.
   */
  #isGathering(): boolean {
    if (this.#corks > 0) return this.mayRepeat = ++this.#changes > FEW_CHANGES;
    if (this.#changes > FEW_CHANGES) return true;
    return this.#flushes.isScheduled && this.#habit.comesBack;
  }

  /** A message is sent outside of a chunk. */
  #noteMessage(transport: Transport, message: Message): void {
    const owner = this.#owner;
    if (message === this.#message) {
      this.#different = 0;
      if (owner !== null && owner !== transport) this.#changes++;
    } else {
      this.mayRepeat = ++this.#different < MANY_DIFFERENT;
      this.#message = this.mayRepeat && isKnowable(message) ? message : null;
      this.#changes = 0;
    }
  }

  /** A broadcast outside of a chunk is written as one in a chunk is, and all else at once. */
  #endTick(): void {
    this.#message = null;
    this.#different = 0;
    this.mayRepeat = true;
    if (this.#changes > FEW_CHANGES) this.#flushLater();
    else this.flush();
    if (this.#changes > 0) this.#endBroadcast();
    this.#habit.endTick();
  }

  #endBroadcast(): void {
    this.#changes = 0;
    repeatedMessage.forget();
  }

  #gather(owner: Transport): void {
    if (this.#bytes !== this.#slab) return this.#write(); // a large buffer is written at once
    if (this.#length > this.#start) {
      this.#gathered.add(owner, this.#slab, this.#start, this.#length);
      this.#gatheredEnd = this.#start = this.#length;
      if (this.#corks > 0) this.#flushLater();
    }
    this.#owner = null;
  }

  #flushLater(): void {
    if (this.#isLaterSet) return;
    this.#isLaterSet = true;
    this.#later(this.#onLater);
  }

  /** The slab is full of the owner's bytes or of gathered ones. Makes room for the owner. */
  #makeRoom(owner: Transport): void {
    if (this.#gatheredEnd === 0 || this.#bytes !== this.#slab) return this.#write();
    this.#gather(owner);
    if (this.#gathered.ownBytes > MAX_GATHERED_BYTES) return this.flush();
    this.#full.push(this.#slab);
    this.#slab = this.#large.take(SLAB_BYTES);
    this.#beginSlab(0);
  }

  /** Directs the next output into the slab, behind the gathered bytes. */
  #beginSlab(gatheredEnd: number): void {
    this.#bytes = this.#slab;
    this.#gatheredEnd = this.#start = this.#length = gatheredEnd;
  }

  #take(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#start = this.#length = 0;
  }
}
