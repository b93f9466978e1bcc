/**
 * The request of an opening handshake, for hooks.
 *
 * @module
 */

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/** The request of an opening handshake; a framework may have added data to it. */
export type HookRequest = Request & {
  /** Data of the framework, which becomes a part of `peer.context`. */
  readonly context?: Record<string, unknown>;
};
