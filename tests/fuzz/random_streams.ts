/**
 * Random streams of frames, valid ones and broken ones, from a seed.
 *
 * @module
 */
import { concat, EMPTY_BYTES } from "../../src/bytes.ts";
import type { Message } from "../../src/message.ts";
import type { Role } from "../../src/protocol/role.ts";
import { makeRandom } from "../helpers/byte_pattern.ts";
import type { Sent } from "../helpers/protocol_events.ts";
import { Endpoint } from "../helpers/protocol_recorder.ts";

/** Lengths at which something changes; the others are small. */
const LENGTHS = [0, 1, 2, 63, 64, 65, 124, 125, 126, 127, 128, 300, 1_000, 4_096, 65_535, 65_536];
/** Where characters of one to four bytes begin. */
const PLANES = [[0, 0x80], [0x80, 0x800], [0x800, 0xd800], [0xe000, 0x10000], [0x10000, 0x110000]];
/** Bytes that mean something somewhere: opcodes, length forms, bounds of UTF-8. */
const TELLING = [0, 1, 2, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a, 0xbf, 0xc1, 0xed]
  .concat([0xf0, 0xf4, 0xfe, 0xff]);

/** A source of random things. */
export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = makeRandom(seed);
  }

  /** A whole number below `bound`. */
  below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  /** One of a list. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  length(): number {
    if (this.once(60)) return this.pick(LENGTHS);
    return this.once(4) ? this.below(400) : this.below(20);
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = this.below(256);
    return bytes;
  }

  text(length: number): string {
    const isPlain = this.once(2);
    let text = "";
    for (let count = 0; count < length; count++) {
      const [first, end] = isPlain ? PLANES[0]! : this.pick(PLANES);
      text += String.fromCodePoint(first! + this.below(end! - first!));
    }
    return text;
  }

  message(type: "text" | "binary"): Message {
    return type === "text" ? this.text(this.length()) : this.bytes(this.length());
  }

  /**
   * What one endpoint sends: messages in random fragments, control frames anywhere, perhaps Close.
   */
  conversation(): Sent[] {
    const sent: Sent[] = [];
    for (let left = 1 + this.below(6); left > 0; left--) {
      const type = this.pick(["text", "binary"] as const);
      while (this.once(2)) {
        sent.push({ message: this.message(type), final: false });
        this.#control(sent);
      }
      sent.push({ message: this.message(type) });
      this.#control(sent);
    }
    if (this.once(3)) {
      sent.push({ close: this.once(2) ? [] : [3000 + this.below(2000), this.text(9)] });
    }
    return sent;
  }

  /** The bytes of a conversation, as `from` sends them. */
  encode(sent: readonly Sent[], from: Role): Uint8Array {
    const maskingKeys = () => this.below(2 ** 32);
    const endpoint = new Endpoint(from, { maskingKeys });
    for (const item of sent) endpoint.send(item);
    return endpoint.output.take();
  }

  /** Breaks a stream in a few places. */
  mutate(stream: Uint8Array): Uint8Array {
    let bytes = stream.slice(0, 5_000);
    const splice = (at: number, removed: number, added: Uint8Array = EMPTY_BYTES): void => {
      bytes = concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
    };
    for (let left = 1 + this.below(4); left > 0; left--) {
      const at = this.below(this.once(3) ? bytes.length : Math.min(30, bytes.length));
      const kind = this.below(5);
      if (kind === 0 && bytes.length > 0) bytes[at]! ^= 1 << this.below(8);
      else if (kind === 1) splice(at, 1, Uint8Array.of(this.pick(TELLING)));
      else if (kind === 2) splice(at, 0, this.bytes(1 + this.below(9)));
      else if (kind === 3) splice(at, 1 + this.below(9));
      else splice(at, 0, bytes.subarray(this.below(bytes.length)).subarray(0, 40));
    }
    return bytes;
  }

  /** Cuts a stream at random places; copies, since decoding writes into chunks. */
  cut(stream: Uint8Array): Uint8Array[] {
    const chunks: Uint8Array[] = [], most = this.pick([1, 3, 20, 500, 70_000]);
    for (let at = 0; at < stream.length;) {
      const size = Math.max(1 + this.below(most), Math.floor(stream.length / 3_000));
      chunks.push(stream.slice(at, at + size));
      at += size;
    }
    return chunks;
  }

  #control(sent: Sent[]): void {
    while (this.once(4)) {
      const payload = this.bytes(this.once(3) ? this.below(126) : this.below(5));
      sent.push(this.once(2) ? { ping: payload } : { pong: payload });
    }
  }
}
