/**
 * Messages and addresses: the words that every layer shares.
 *
 * @module
 */

/**
 * A whole message: a string for a text message, a `Uint8Array` for a binary one.
 *
 * The bytes are the handler's: they never change, and nothing of other peers lies in their
 * buffer. Small messages (up to 4 KiB) may share one of up to 64 KiB with others that came from
 * the same peer shortly before or after. Keep or transfer a copy of such a one (`message.slice()`): a transfer
 * of its buffer would take the others along, and ends the connection with `ERR_TRANSFERRED` when
 * they are still to come. Larger messages have a buffer of their own.
 *
 * A short text that is kept may keep up to 1 KiB of texts that came with it: on Node and Deno they
 * are parts of one string.
 */
export type Message = string | Uint8Array;

/** Kind of a message, by the opcode of its first frame (RFC 6455 section 5.6). */
export type MessageType = "text" | "binary";

/** Where an endpoint of a transport is. */
export type Address =
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly transport: "unix"; readonly path: string };
