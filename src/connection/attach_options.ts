/**
 * The parts from which an open connection is made.
 *
 * @module
 */
import type { ConnectionContext, Handshake } from "./context.ts";
import type { Wire } from "./wire.ts";

/** A wire, and the parts of the connection that stands on it. */
export interface AttachOptions {
  readonly wire: Wire;
  readonly handshake: Handshake;
  readonly context: ConnectionContext;
  /** Bytes that arrived with the head of the opening handshake. */
  readonly early?: Uint8Array;
}
