/**
 * Options for attaching a handler to a wire.
 *
 * @module
 */
import type { ConnectionContext, Handshake } from "./context.ts";
import type { Wire } from "./wire.ts";

/** A wire, and the other parts of the connection over it. */
export interface AttachOptions {
  readonly wire: Wire;
  readonly handshake: Handshake;
  readonly context: ConnectionContext;
  /** Bytes that arrived with the head of the opening handshake. */
  readonly early?: Uint8Array;
}
