/**
 * Heads for comparison.
 *
 * @module
 */
import type { RequestHead } from "../../src/handshake/head.ts";

/** A head as a plain value: what was read from text cuts its fields only when asked. */
export function headValue({ method, target, headers }: RequestHead): RequestHead {
  return { method, target, headers };
}
