/**
 * Defaults that several folders share. They are constants rather than one object, so that a
 * browser's client contains only those that it uses.
 *
 * @module
 */

/** Milliseconds for connecting and the opening handshake: a slow mobile link takes two or three. */
export const DEFAULT_HANDSHAKE_TIMEOUT_MS: number = 10_000;

/**
 * Most bytes of a request's or response's head, as in Node and Deno: cookies fit, and a flood of
 * heads holds little memory.
 */
export const DEFAULT_MAX_HEAD_BYTES: number = 16_384;

/** Most header fields of a request or response: browsers send about 15. */
export const DEFAULT_MAX_HEADER_FIELDS: number = 100;

/** Most bytes of a message: few are larger, and a peer cannot make this side hold more for one. */
export const DEFAULT_MAX_MESSAGE_BYTES: number = 1024 * 1024;

/** Milliseconds that connections have to end after the server has sent Close 1001. */
export const DEFAULT_DRAIN_MS: number = 10_000;
