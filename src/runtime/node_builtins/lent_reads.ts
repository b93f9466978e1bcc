/**
 * Reading of chunks into memory that is used again, on Node.
 *
 * `node:net` takes 64 KiB for each read, and makes an `ArrayBuffer` of what has come. V8 frees
 * thousands of these together after it has collected young objects, and messages wait meanwhile. A
 * socket can read into one buffer instead: that is the option `onread` of sockets. A server cannot
 * give this option to the sockets that it accepts. So the fields that the option sets are set here.
 * Where a version of Node has other fields, nothing is changed.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Size of the buffer that the sockets read into. A larger read ends in several chunks. */
const COMMON_BYTES = 64 * 1024;
/**
 * A chunk for each size up to this one is kept to be used again: 1 KiB with the header of a frame.
 * All of them are 540 KB. Of the larger sizes the last is kept.
 */
export const MAX_SMALL_BYTES: number = 1024 + 16;

/** A socket whose handle can read into a given buffer. */
interface ReadingSocket extends Duplex {
  readonly _handle: { useUserBuffer(buffer: Uint8Array): void };
}

/** The names of the fields that the option `onread` sets. */
interface OnReadFields {
  readonly buffer: symbol;
  readonly callback: symbol;
}

let fields: OnReadFields | null | undefined; // `null` if this version of Node has others
let common: Buffer | null = null;
// By length: the bytes of `common`, and a chunk that no sink refers to.
const views: (Uint8Array | null)[] = new Array(MAX_SMALL_BYTES + 1).fill(null);
const chunks: (Uint8Array | null)[] = new Array(MAX_SMALL_BYTES + 1).fill(null);
let largeView: Uint8Array | null = null;
let largeChunk: Uint8Array | null = null;

/**
 * Lets a socket that flows read into the common buffer. `onRead` is called when the first `length`
 * bytes of it have come; with `false` the socket stops to read. Returns whether this was possible.
 */
export function readIntoCommon<S extends Duplex>(
  socket: S,
  onRead: (this: S, length: number, common: Buffer) => boolean,
): boolean {
  if (fields === undefined) fields = findFields();
  if (fields === null || !isReading(socket)) return false;
  common ??= Buffer.alloc(COMMON_BYTES);
  Object.assign(socket, { [fields.buffer]: common, [fields.callback]: onRead });
  socket._handle.useUserBuffer(common);
  return true;
}

/** Takes a chunk out of the common buffer. */
export function takeChunk(length: number, common: Buffer): Uint8Array {
  if (length > MAX_SMALL_BYTES) return takeLarge(length, common);
  const chunk = chunks[length] ?? new Uint8Array(length);
  chunks[length] = null;
  chunk.set(views[length] ??= common.subarray(0, length));
  return chunk;
}

/** Gives a chunk back that nothing refers to any more. */
export function giveChunk(chunk: Uint8Array): void {
  if (chunk.length > MAX_SMALL_BYTES) largeChunk = chunk;
  else chunks[chunk.length] = chunk;
}

function takeLarge(length: number, common: Buffer): Uint8Array {
  const chunk = largeChunk?.length === length ? largeChunk : new Uint8Array(length);
  largeChunk = null;
  if (largeView?.length !== length) largeView = common.subarray(0, length);
  chunk.set(largeView);
  return chunk;
}

function findFields(): OnReadFields | null {
  const symbols = Object.getOwnPropertySymbols(new Socket());
  const find = (name: string) => symbols.find(({ description }) => description === name);
  const buffer = find("kBuffer"), callback = find("kBufferCb");
  return buffer === undefined || callback === undefined ? null : { buffer, callback };
}

function isReading(socket: Duplex): socket is ReadingSocket {
  const handle: unknown = "_handle" in socket ? socket._handle : null;
  return typeof handle === "object" && handle !== null && "useUserBuffer" in handle &&
    typeof handle.useUserBuffer === "function";
}
