/**
 * Reads frames straight from RFC 6455 section 5.2, for peers that are no implementation.
 *
 * @module
 */

const NAMES: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};
/** Longer payloads are told by their length. */
const MOST_SHOWN = 64;

/**
 * Whole frames in words (`text "hi"`, `binary 0102 ...`, `close 1000 "bye"`), and how many bytes
 * follow them.
 */
export function readFrames(bytes: Uint8Array): { frames: string[]; rest: number } {
  const frames: string[] = [];
  let at = 0;
  for (;;) {
    const frame = readFrame(bytes.subarray(at));
    if (frame === null) return { frames, rest: bytes.length - at };
    frames.push(frame.words);
    at += frame.length;
  }
}

function readFrame(bytes: Uint8Array): { words: string; length: number } | null {
  if (bytes.length < 2) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const short = bytes[1]! & 0x7f;
  let start = 2, size = short;
  if (short >= 126) {
    start = short === 126 ? 4 : 10;
    if (bytes.length < start) return null;
    size = short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
  }
  const isMasked = bytes[1]! >= 0x80;
  const keyAt = start;
  if (isMasked) start += 4;
  if (bytes.length < start + size) return null;
  const payload = bytes.slice(start, start + size);
  if (isMasked) payload.forEach((byte, i) => payload[i] = byte ^ bytes[keyAt + i % 4]!);
  return { words: describe(bytes[0]!, payload), length: start + size };
}

function describe(first: number, payload: Uint8Array): string {
  const name = NAMES[first & 0x0f] ?? `opcode ${first & 0x0f}`;
  const more = first >= 0x80 ? "" : " ...";
  const reserved = first & 0x70 ? ` rsv ${(first & 0x70) >> 4}` : "";
  return `${name}${reserved}${describePayload(first & 0x0f, payload)}${more}`;
}

function describePayload(opcode: number, payload: Uint8Array): string {
  if (opcode === 8) {
    if (payload.length < 2) return payload.length === 0 ? "" : " 1 byte";
    const code = (payload[0]! << 8) | payload[1]!;
    if (payload.length > MOST_SHOWN) return ` ${code} ${payload.length - 2} bytes`;
    return ` ${code}${payload.length > 2 ? ` ${show(payload.subarray(2))}` : ""}`;
  }
  if (payload.length > MOST_SHOWN) return ` ${payload.length} bytes`;
  if (opcode === 1) return ` ${show(payload)}`;
  if (payload.length === 0) return "";
  return ` ${Array.from(payload, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function show(payload: Uint8Array): string {
  return JSON.stringify(new TextDecoder().decode(payload));
}
