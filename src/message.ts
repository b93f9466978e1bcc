/**
 * Messages and addresses: the words that every layer shares.
 *
 * @module
 */

/**
 * A whole message: a string for a text message, a `Uint8Array` for a binary one.
 *
 * The bytes belong to the handler: they never change, and their buffer holds no bytes of other
 * peers. Small messages (up to 4 KiB) may share one of up to 64 KiB with others that came from the
 * same peer shortly before or after. To keep or transfer a small message, take a copy
 * (`message.slice()`): a transfer of its buffer would take the other messages along, and ends the
 * connection with `ERR_TRANSFERRED` if one of them was not delivered yet. Larger messages have a
 * buffer of their own.
 *
 * A short text that is kept may keep up to 1 KiB of other texts in memory, because on Node and Deno
 * texts that arrived together are parts of one string.
 */
export type Message = string | Uint8Array;

/** Kind of a message, by the opcode of its first frame (RFC 6455 section 5.6). */
export type MessageType = "text" | "binary";

/** The address of one end of a transport. */
export type Address =
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly transport: "unix"; readonly path: string };
