/**
 * What an open connection is made of.
 *
 * @module
 */
import type { ConnectionContext, Handshake } from "./context.ts";
import type { Wire } from "./wire.ts";

/** What is brought together. */
export interface AttachOptions {
  readonly wire: Wire;
  readonly handshake: Handshake;
  readonly context: ConnectionContext;
  /** Bytes that came with the opening handshake. */
  readonly rest: Uint8Array;
}
