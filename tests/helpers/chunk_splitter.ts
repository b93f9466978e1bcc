/**
 * All the ways in which a stream of bytes may be cut on its way: chunking never matters.
 *
 * @module
 */

/** One way to cut a stream. */
export interface Chunking {
  readonly name: string;
  /** Fresh copies, since the decoder writes into what it is given. */
  readonly chunks: readonly Uint8Array[];
}

/**
 * Streams up to this length are cut in two at every byte; longer ones near their ends and at a
 * stride.
 */
const CUT_EVERYWHERE_BYTES = 600;
const EDGE_BYTES = 24;
const STRIDE = 8_191;
/** Longer streams are not cut into so many chunks: their bytes are all alike. */
const MOST_CHUNKS = 2_000;
const SIZES = [1, 2, 3, 5, 7, 13, 126, 1_021, 16_381];

/** Yields `stream` whole, in pieces of one and of odd sizes, and cut in two at every byte. */
export function* everyChunking(stream: Uint8Array): Generator<Chunking> {
  yield { name: "whole", chunks: [place(stream, 0)] };
  for (const size of SIZES) {
    if (size >= stream.length || stream.length > size * MOST_CHUNKS) continue;
    yield { name: `by ${size}`, chunks: cut(stream, size) };
  }
  for (const at of cutPoints(stream.length)) {
    const chunks = [place(stream.subarray(0, at), at & 7), place(stream.subarray(at), 0)];
    yield { name: `split at ${at}`, chunks };
  }
}

/** Cuts a stream into chunks of `size` bytes. */
export function cut(stream: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += size) {
    chunks.push(place(stream.subarray(at, at + size), at & 7));
  }
  return chunks;
}

function* cutPoints(length: number): Generator<number> {
  const end = length - EDGE_BYTES;
  for (let at = 1; at < length; at++) {
    yield at;
    if (length > CUT_EVERYWHERE_BYTES && at >= EDGE_BYTES && at < end) {
      at = Math.min(at + STRIDE, end) - 1;
    }
  }
}

/** Copies bytes to an offset of a buffer of their own, as a runtime's read buffer holds them. */
function place(bytes: Uint8Array, offset: number): Uint8Array {
  const buffer = new Uint8Array(offset + bytes.length + 1);
  buffer.set(bytes, offset);
  return buffer.subarray(offset, offset + bytes.length);
}
