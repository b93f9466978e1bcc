/**
 * Valid and invalid bytes that can be sent to any server, with the answer that RFC 6455 requires.
 *
 * @module
 */

/** Bytes that follow the opening handshake, and the required answer. */
export interface CheckCase {
  readonly name: string;
  /** Section of RFC 6455 with the rule. */
  readonly section: string;
  /** The frames as they are sent, masked. */
  readonly bytes: Uint8Array;
  /** The expected answer: a frame in hexadecimal, or the close codes of a failed connection. */
  readonly expected: { readonly frame: string } | { readonly failsWith: readonly number[] };
}

const MASK = [0, 0, 0, 0]; // a key of zeros leaves the payload as it is

/** Makes a masked frame. */
function frame(firstByte: number, payload: readonly number[] | string): number[] {
  const bytes = typeof payload === "string" ? [...new TextEncoder().encode(payload)] : payload;
  const length = bytes.length < 126
    ? [128 | bytes.length]
    : [128 | 126, bytes.length >> 8, bytes.length & 255];
  return [firstByte, ...length, ...MASK, ...bytes];
}

const TEXT = 0x81, BINARY = 0x82, CLOSE = 0x88, PING = 0x89;

function fails(
  name: string,
  section: string,
  { bytes, code = 1002 }: { readonly bytes: readonly number[]; readonly code?: number },
): CheckCase {
  return { name, section, bytes: Uint8Array.from(bytes), expected: { failsWith: [code] } };
}

/** All cases, in the order of the RFC. */
export const CHECK_CASES: readonly CheckCase[] = [
  fails("a frame that is not masked", "5.1", { bytes: [TEXT, 1, 97] }),
  fails("a reserved bit", "5.2", { bytes: frame(TEXT | 0x40, "a") }),
  fails("the reserved opcode 3", "5.2", { bytes: frame(0x83, "a") }),
  fails("the reserved opcode 11", "5.2", { bytes: frame(0x8b, "") }),
  {
    ...fails("a length with its highest bit set", "5.2", {
      bytes: [BINARY, 128 | 127, 128, 0, 0, 0, 0, 0, 0, 1, ...MASK],
    }),
    expected: { failsWith: [1002, 1009] },
  },
  fails("a continuation of nothing", "5.4", { bytes: frame(0x80, "a") }),
  fails("a message inside of a message", "5.4", {
    bytes: [...frame(0x01, "a"), ...frame(TEXT, "b")],
  }),
  fails("a ping of 126 bytes", "5.5", { bytes: frame(PING, Array<number>(126).fill(97)) }),
  fails("a ping in fragments", "5.5", { bytes: frame(0x09, "a") }),
  {
    name: "a ping is answered with its payload",
    section: "5.5.2",
    bytes: Uint8Array.from(frame(PING, "abc")),
    expected: { frame: "8a03616263" },
  },
  {
    name: "a ping between fragments is answered at once",
    section: "5.4",
    bytes: Uint8Array.from([...frame(0x01, "a"), ...frame(PING, "p")]),
    expected: { frame: "8a0170" },
  },
  fails("a Close of one byte", "5.5.1", { bytes: frame(CLOSE, [3]) }),
  fails("a Close with code 1005", "7.4.1", { bytes: frame(CLOSE, [3, 237]) }),
  fails("a Close with code 999", "7.4.2", { bytes: frame(CLOSE, [3, 231]) }),
  {
    ...fails("a Close whose reason is no UTF-8", "5.5.1", {
      bytes: frame(CLOSE, [3, 232, 255]),
    }),
    expected: { failsWith: [1002, 1007] },
  },
  {
    name: "a Close with code 1000 is answered",
    section: "5.5.1",
    bytes: Uint8Array.from(frame(CLOSE, [3, 232])),
    expected: { failsWith: [1000] },
  },
  {
    name: "a Close with code 4999 is answered",
    section: "7.4.2",
    bytes: Uint8Array.from(frame(CLOSE, [19, 135])),
    expected: { failsWith: [4999] },
  },
  fails("text that is no UTF-8", "8.1", { bytes: frame(TEXT, [0xff]), code: 1007 }),
  fails("text with a surrogate", "8.1", { bytes: frame(TEXT, [0xed, 0xa0, 0x80]), code: 1007 }),
];
