/**
 * Frames as the load sends them, and counting those that come back. The pure part of the
 * load generator on Bun.
 *
 * @module
 */

const MASK = [0x12, 0x34, 0x56, 0x78] as const;
const TEXT = 1, BINARY = 2, CLOSE = 8;

/** Each is repeated to fill a message; whole, so that the message is UTF-8. */
const CONTENTS: Readonly<Record<string, string>> = {
  ascii: "abcdefghijklmnopqrstuvwxyz",
  mixed: '{"name":"Zo\u00eb M\u00fcller","city":"\u5317\u4eac","text":"a message of today"},',
  cjk: "\u6f22\u5b57\u4eee\u540d\u4ea4\u3058\u308a\u6587",
  emoji: "\u{1f600}\u{1f680}\u{1f30d}\u{1f389}",
};

/** So many bytes of one of `CONTENTS`, the same as the load in C sends. */
export function makePayload(bytes: number, content: string): Uint8Array {
  const text = CONTENTS[content];
  if (text === undefined) throw new Error(`--content ${content}: ${Object.keys(CONTENTS)}`);
  const unit = new TextEncoder().encode(text);
  // Letters may be cut anywhere, and the rest of other texts is filled with letters.
  const whole = content === "ascii" ? bytes : bytes - bytes % unit.length;
  return Uint8Array.from({ length: bytes }, (_, i) => i < whole ? unit[i % unit.length]! : 97);
}

/** One masked frame with a payload of so many bytes. */
export function makeFrame(
  bytes: number,
  { isText, content }: { readonly isText: boolean; readonly content: string },
): Uint8Array {
  const extra = bytes < 126 ? 0 : bytes < 65536 ? 2 : 8;
  const frame = new Uint8Array(2 + extra + 4 + bytes);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | (isText ? TEXT : BINARY);
  frame[1] = 0x80 | (extra === 0 ? bytes : extra === 2 ? 126 : 127);
  if (extra === 2) view.setUint16(2, bytes);
  if (extra === 8) view.setBigUint64(2, BigInt(bytes));
  frame.set(MASK, 2 + extra);
  frame.set(makePayload(bytes, content).map((byte, i) => byte ^ MASK[i & 3]!), 6 + extra);
  return frame;
}

/** Cuts a file of frames with at most 64 KiB each. */
export function cutFrames(all: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < all.length;) {
    const length = all[at + 1]! & 127;
    const size = length < 126 ? 6 + length : 8 + (all[at + 2]! << 8 | all[at + 3]!);
    frames.push(all.subarray(at, at += size));
  }
  return frames;
}

/** Counts the messages in a stream of unmasked frames, however it is cut. */
export class ReplyCounter {
  readonly #expected: number | null;
  readonly #head = new Uint8Array(10);
  #headLength = 0;
  #payloadLeft = 0;
  #size = 0;

  /** `expected` is the size of each message, `null` if it may differ. */
  constructor(expected: number | null) {
    this.#expected = expected;
  }

  /** How many messages these bytes complete. */
  take(bytes: Uint8Array): number {
    let done = 0;
    for (let i = 0; i < bytes.length;) {
      if (this.#payloadLeft === 0) {
        this.#head[this.#headLength++] = bytes[i++]!;
        if (!this.#readHeader()) continue;
      }
      const part = Math.min(this.#payloadLeft, bytes.length - i);
      this.#payloadLeft -= part;
      if (!this.#isControl) this.#size += part;
      i += part;
      if (this.#payloadLeft === 0) done += this.#endFrame();
    }
    return done;
  }

  /** Whether the header is complete. */
  #readHeader(): boolean {
    const length = this.#head[1]! & 127;
    const size = length < 126 ? 2 : length === 126 ? 4 : 10;
    if (this.#headLength < 2 || this.#headLength < size) return false;
    if ((this.#head[0]! & 15) === CLOSE) throw new Error("the server closed");
    const view = new DataView(this.#head.buffer);
    this.#payloadLeft = size === 2
      ? length
      : size === 4
      ? view.getUint16(2)
      : Number(view.getBigUint64(2));
    this.#headLength = 0;
    return true;
  }

  get #isControl(): boolean {
    return (this.#head[0]! & 8) !== 0;
  }

  #endFrame(): number {
    const isFinal = (this.#head[0]! & 0x80) !== 0;
    if (this.#isControl || !isFinal) return 0;
    if (this.#expected !== null && this.#size !== this.#expected) {
      throw new Error(`a message of ${this.#size} bytes`);
    }
    this.#size = 0;
    return 1;
  }
}
