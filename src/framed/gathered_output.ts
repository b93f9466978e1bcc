/**
 * Output of several connections that waits for the end of a turn: what is sent to many
 * connections one after the other, several times in a turn, would be as many writes each time.
 *
 * @module
 */
import type { Transport } from "../transport/transport.ts";

/** Bytes gathered for one connection. More is written at once, because it is worth a write. */
const MAX_RUN_BYTES = 64 * 1024;
/** Where pieces of one connection are put together for their write. */
const JOINT_BYTES = 64 * 1024;

/** Bytes of one connection, behind those that were gathered before. */
class Piece {
  readonly before: Piece | null;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Bytes of this piece and all before it. */
  readonly length: number;
  /** Whether the bytes are for several connections, and never change. */
  readonly isShared: boolean;
  /** The piece that was last put behind this one, if others may follow the same way. */
  next: Piece | null = null;
  /** This piece and all before it, put together once for all connections. */
  joined: Uint8Array | null = null;

  constructor(
    before: Piece | null,
    bytes: Uint8Array,
    start: number,
    end: number,
    shared: boolean,
  ) {
    this.before = before;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.length = end - start + (before === null ? 0 : before.length);
    this.isShared = shared;
  }
}

/** The place of one connection, kept for its life: a `Map` that is filled in each turn costs more than the pieces. */
class Slot {
  readonly transport: Transport;
  last: Piece | null = null; // `null` while nothing waits

  constructor(transport: Transport) {
    this.transport = transport;
  }
}

/** Keeps pieces by connection, each in order, until they are written. */
export class GatheredOutput {
  readonly #slots = new Map<Transport, Slot>();
  readonly #waiting: Slot[] = []; // and perhaps some that were written meanwhile
  #first: Piece | null = null; // the shared piece that a connection began with last
  #ownBytes = 0;
  #joint: Uint8Array | null = null;
  #isKept = false; // a transport refers to bytes of a caller's

  /** Whether there is nothing. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Bytes in buffers of the caller. */
  get ownBytes(): number {
    return this.#ownBytes;
  }

  /** Bytes of this transport that wait here. */
  bytesOf(transport: Transport): number {
    return this.#slots.get(transport)?.last?.length ?? 0;
  }

  /** Takes `bytes[start, end)`, which must not change before `writeAll`. */
  add(transport: Transport, bytes: Uint8Array, start: number, end: number): void {
    const slot = this.#slotOf(transport);
    this.#ownBytes += end - start;
    this.#put(slot, new Piece(slot.last, bytes, start, end, false));
  }

  /** Takes bytes that never change, and that others are sent too. */
  addShared(transport: Transport, bytes: Uint8Array): void {
    const slot = this.#slotOf(transport), before = slot.last;
    let piece = before === null ? this.#first : before.next;
    if (piece === null || piece.bytes !== bytes) {
      piece = new Piece(before, bytes, 0, bytes.length, true);
      if (before === null) this.#first = piece;
      else before.next = piece;
    }
    this.#put(slot, piece);
  }

  /** Writes what one transport has here. */
  write(transport: Transport): void {
    const slot = this.#slots.get(transport);
    if (slot !== undefined) this.#writeSlot(slot);
  }

  /**
   * Writes everything gathered so far. Returns `false` when a transport still refers to bytes given
   * to `add`: the caller must not use those again.
   */
  writeAll(): boolean {
    const waiting = this.#waiting;
    for (let index = 0; index < waiting.length; index++) this.#writeSlot(waiting[index]!);
    waiting.length = 0;
    this.#first = null;
    this.#ownBytes = 0;
    const isKept = this.#isKept;
    this.#isKept = false;
    return !isKept;
  }

  /** The transport is gone. */
  forget(transport: Transport): void {
    if (this.#slots.size > 0) this.#slots.delete(transport);
  }

  #slotOf(transport: Transport): Slot {
    let slot = this.#slots.get(transport);
    if (slot === undefined) this.#slots.set(transport, slot = new Slot(transport));
    return slot;
  }

  #put(slot: Slot, piece: Piece): void {
    if (slot.last === null) this.#waiting.push(slot);
    slot.last = piece;
    if (piece.length > MAX_RUN_BYTES) this.#writeSlot(slot);
  }

  #writeSlot(slot: Slot): void {
    const { last } = slot;
    if (last === null) return;
    slot.last = null;
    this.#write(slot.transport, last);
  }

  #write(transport: Transport, piece: Piece): void {
    const { bytes, start, end, length, before, isShared } = piece;
    if (isShared) {
      if (before === null) transport.write(bytes, 0, end);
      else transport.write(piece.joined ??= join(piece), 0, length);
    } else if (transport.bufferedAmount > 0) transport.write(join(piece), 0, length);
    else if (before === null) this.#isKept = !transport.write(bytes, start, end) || this.#isKept;
    else this.#writeJoint(transport, piece);
  }

  #writeJoint(transport: Transport, piece: Piece): void {
    const { length } = piece;
    if (length > JOINT_BYTES) return void transport.write(join(piece), 0, length);
    const joint = this.#joint ??= new Uint8Array(JOINT_BYTES);
    copyRun(piece, joint);
    if (!transport.write(joint, 0, length)) this.#joint = null; // it belongs to the transport now
  }
}

function join(piece: Piece): Uint8Array {
  const joined = new Uint8Array(piece.length);
  copyRun(piece, joined);
  return joined;
}

/** Copies a piece and all before it to the beginning of `target`. */
function copyRun(last: Piece, target: Uint8Array): void {
  let end = last.length;
  for (let piece: Piece | null = last; piece !== null; piece = piece.before) {
    const { bytes, start } = piece;
    end -= piece.end - start;
    target.set(bytes.subarray(start, piece.end), end);
  }
}
