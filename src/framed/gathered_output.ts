/**
 * Collects the output of several connections until the end of a turn. When several messages are
 * sent to many connections in one turn, each connection then needs one write instead of one per
 * message.
 *
 * @module
 */
import type { Transport } from "../transport/transport.ts";

/**
 * Most bytes that are gathered for one connection. Larger amounts are written at once, because a
 * write of this size is efficient.
 */
const MAX_RUN_BYTES = 64 * 1024;
/** Size of the buffer in which the pieces of one connection are joined for a write. */
const JOINT_BYTES = 64 * 1024;
/** The list of those that wait is cut when so many at its beginning are written. */
const MAX_WRITTEN = 1_000;

/**
 * A piece of one connection's output. Pieces form a chain, in which each refers to the one before
 * it.
 */
class Piece {
  readonly before: Piece | null;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Number of bytes of this piece and all pieces before it. */
  readonly length: number;
  /** Whether the bytes are shared by several connections, and never change. */
  readonly isShared: boolean;
  /** The piece that was last added behind this one, so that other connections can share it. */
  next: Piece | null = null;
  /**
   * The joined bytes of this piece and all pieces before it, for all connections that have them.
   */
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

/**
 * The gathered output of one connection. It is kept for the connection's life, because a `Map` that
 * is filled in each turn would cost more than the pieces.
 */
export class OutputSlot {
  readonly transport: Transport;
  last: Piece | null = null; // `null` while nothing waits

  constructor(transport: Transport) {
    this.transport = transport;
  }
}

/** Keeps pieces by connection, each in order, until they are written. */
export class GatheredOutput {
  readonly #slots = new Map<Transport, OutputSlot>();
  readonly #waiting: OutputSlot[] = []; // may include slots that were written meanwhile
  #written = 0; // so many of them are written
  #first: Piece | null = null; // the latest shared piece that is the first of its connection
  #ownBytes = 0;
  #joint: Uint8Array | null = null;
  #isKept = false; // a transport still refers to bytes given to `add`

  /** Whether no output waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Bytes that lie in buffers of the caller. */
  get ownBytes(): number {
    return this.#ownBytes;
  }

  /** Bytes of this transport that wait here. */
  bytesOf(transport: Transport): number {
    return this.#slots.get(transport)?.last?.length ?? 0;
  }

  /** Takes `bytes[start, end)`, which must not change before `writeAll`. */
  add(transport: Transport, bytes: Uint8Array, start: number, end: number): void {
    const slot = this.slotOf(transport);
    this.#ownBytes += end - start;
    this.#put(slot, new Piece(slot.last, bytes, start, end, false));
  }

  /** Takes bytes that never change and are shared with other connections. */
  addShared(slot: OutputSlot, bytes: Uint8Array): void {
    const before = slot.last;
    let piece = before === null ? this.#first : before.next;
    if (piece === null || piece.bytes !== bytes) {
      piece = new Piece(before, bytes, 0, bytes.length, true);
      if (before === null) this.#first = piece;
      else before.next = piece;
    }
    this.#put(slot, piece);
  }

  /** Writes the output of one transport. */
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
    for (let index = this.#written; index < waiting.length; index++) {
      this.#writeSlot(waiting[index]!);
    }
    waiting.length = this.#written = 0;
    this.#first = null;
    this.#ownBytes = 0;
    const isKept = this.#isKept;
    this.#isKept = false;
    return !isKept;
  }

  /**
   * Writes the output of up to `count` transports, those that have waited longest. Returns whether
   * output of others is left, which is written by `writeAll` or by further calls.
   */
  writeSome(count: number): boolean {
    const waiting = this.#waiting, end = this.#written + count;
    if (end >= waiting.length) return false;
    while (this.#written < end) this.#writeSlot(waiting[this.#written++]!);
    if (this.#written > MAX_WRITTEN) {
      waiting.splice(0, this.#written);
      this.#written = 0;
    }
    return true;
  }

  /** The transport is gone. */
  forget(transport: Transport): void {
    if (this.#slots.size > 0) this.#slots.delete(transport);
  }

  /** The slot of a transport. It is made at its first call, and valid until `forget`. */
  slotOf(transport: Transport): OutputSlot {
    let slot = this.#slots.get(transport);
    if (slot === undefined) this.#slots.set(transport, slot = new OutputSlot(transport));
    return slot;
  }

  #put(slot: OutputSlot, piece: Piece): void {
    if (slot.last === null) this.#waiting.push(slot);
    slot.last = piece;
    if (piece.length > MAX_RUN_BYTES) this.#writeSlot(slot);
  }

  #writeSlot(slot: OutputSlot): void {
    const { last } = slot;
    if (last === null) return;
    slot.last = null;
    this.#write(slot.transport, last);
  }

  #write(transport: Transport, piece: Piece): void {
    const { bytes, start, end, length, before, isShared } = piece;
    if (isShared) {
      const whole = before === null ? bytes : piece.joined ??= join(piece);
      if (transport.writeShared === undefined) transport.write(whole, 0, length);
      else transport.writeShared(whole);
    } else if (transport.bufferedAmount > 0) transport.write(join(piece), 0, length);
    else if (before === null) this.#isKept = !transport.write(bytes, start, end) || this.#isKept;
    else this.#writeJoint(transport, piece);
  }

  #writeJoint(transport: Transport, piece: Piece): void {
    const { length } = piece;
    if (length > JOINT_BYTES) return void transport.write(join(piece), 0, length);
    const joint = this.#joint ??= new Uint8Array(JOINT_BYTES);
    copyRun(piece, joint);
    if (!transport.write(joint, 0, length)) this.#joint = null; // the transport still refers to it
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
