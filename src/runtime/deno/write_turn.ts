/**
 * Begins the writes of all connections together, behind the reads of the same turn.
 *
 * Deno resolves all reads that are ready in one turn, and their chunks are delivered in microtasks.
 * If each answer was written between two chunks, a message of 1 KiB on 64 connections would take
 * 9.9 instead of 8.3 µs, and one of 64 bytes on 10,000 connections 28 instead of 24.
 *
 * @module
 */

/** Something with a write to begin. */
export interface DueWrite {
  /** Begins the write, unless it has begun. Never throws. */
  beginWrite(): void;
}

const due: DueWrite[] = [];

/** Calls `beginWrite` in the next microtask. */
export function beginSoon(write: DueWrite): void {
  if (due.push(write) === 1) queueMicrotask(beginAll);
}

function beginAll(): void {
  for (const write of due) write.beginWrite();
  due.length = 0;
}
