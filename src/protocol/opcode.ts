/**
 * Opcodes (RFC 6455 section 5.2).
 *
 * @module
 */

/** The opcodes of RFC 6455 section 11.8. */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;
/** One of the values of {@linkcode Opcode}. */
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/**
 * Whether the opcode is that of a control frame: the highest of its four bits is set (RFC 6455
 * section 5.5).
 */
export function isControl(opcode: number): boolean {
  return opcode >= 0x8;
}
