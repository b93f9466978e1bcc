/**
 * One TCP connection as a case sees it: bytes out, heads and frames in, everything noted.
 *
 * @module
 */
import type { Socket } from "node:net";
import { concat } from "../../helpers/bits.ts";
import { readFrames } from "../../helpers/read_frames.ts";

/** Answers that come later than this do not come: twenty times what a loaded machine takes. */
const WAIT_MS = 8_000;
/**
 * A pause of this process or of the machine counts as one of these: what came meanwhile is read
 * first.
 */
const SLICE_MS = 250;
const MOST_NOTED = 96; // bytes of each write that are shown
const MOST_FRAMES_NOTED = 40;

/** One line of what went over the wire. */
export interface Note {
  readonly ms: number;
  readonly by: "case" | "target";
  readonly text: string;
}

/** The error of an answer with which the case cannot continue. */
export class Unexpected extends Error {}

/** A TCP connection. */
export class Wire {
  readonly notes: Note[] = [];
  /** Frames that came, in words. */
  readonly frames: string[] = [];
  readonly #socket: Socket;
  readonly #start = performance.now();
  #bytes: Uint8Array = new Uint8Array(0);
  #isEnded = false;
  #hasHead = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      this.#bytes = concat([this.#bytes, chunk]);
      if (this.#hasHead) this.#takeFrames();
      this.#wake();
    });
    for (const event of ["end", "error", "close"]) socket.on(event, () => this.#end(event));
  }

  /** Whether the target has ended the TCP connection. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Bytes that came and are neither head nor whole frames. */
  get rest(): Uint8Array {
    return this.#bytes;
  }

  /** Sends bytes, or text as Latin-1. */
  write(data: Uint8Array | string): void {
    if (this.#socket.destroyed) return;
    const bytes = typeof data === "string" ? toLatin1(data) : data;
    this.#note("case", typeof data === "string" ? excerpt(data) : toHex(data));
    this.#socket.write(bytes);
  }

  /** Sends much, at the target's pace; gives up quietly when the target has ended. */
  async flood(part: Uint8Array, times: number): Promise<void> {
    this.#note("case", `${times} times ${toHex(part)}`);
    for (let i = 0; i < times && !this.#isEnded; i++) {
      if (this.#socket.write(part)) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#socket.once("drain", resolve);
      });
    }
  }

  /** Sends parts that the target reads one by one, as far as one can see to that. */
  async writeApart(parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      this.write(part);
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Waits for the end of a head; `null` when the target ends before it. */
  async head(): Promise<string | null> {
    await this.#until(() => this.#text().includes("\r\n\r\n"), "a head");
    const text = this.#text();
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return null;
    this.#note("target", text.slice(0, end + 4));
    this.#bytes = this.#bytes.slice(end + 4);
    this.#hasHead = true;
    this.#takeFrames();
    return text.slice(0, end);
  }

  /** Waits until the frames are enough, or the target has ended. */
  async framesUntil(isEnough: (frames: readonly string[]) => boolean, what: string): Promise<void> {
    await this.#until(() => isEnough(this.frames), what);
  }

  /** Waits until the target has ended the TCP connection. */
  async ended(): Promise<void> {
    await this.#until(() => this.#isEnded, "the end of the TCP connection");
  }

  /** Whether the target ends the TCP connection in time. */
  async endsInTime(): Promise<boolean> {
    return await this.ended().then(() => true, () => false);
  }

  /** Ends our side. */
  end(): void {
    this.#socket.end();
  }

  /** Ends both sides without a word. */
  reset(): void {
    this.#note("case", "TCP reset");
    this.#socket.resetAndDestroy();
  }

  /** Lets go of the connection. */
  drop(): void {
    this.#socket.destroy();
  }

  #end(event: string): void {
    if (!this.#isEnded) this.#note("target", event === "error" ? "TCP reset" : "TCP end");
    this.#isEnded = true;
    this.#wake();
  }

  async #until(isThere: () => boolean, what: string): Promise<void> {
    let waited = 0;
    while (!isThere() && !this.#isEnded) {
      if (waited >= WAIT_MS) throw new Unexpected(`waited ${WAIT_MS / 1_000} s for ${what}`);
      const start = performance.now();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, SLICE_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      waited += Math.min(SLICE_MS, performance.now() - start);
    }
  }

  #takeFrames(): void {
    const { frames, rest } = readFrames(this.#bytes);
    this.#bytes = this.#bytes.slice(this.#bytes.length - rest);
    for (const frame of frames) {
      this.frames.push(frame);
      if (this.frames.length < MOST_FRAMES_NOTED) this.#note("target", frame);
    }
  }

  #text(): string {
    return new TextDecoder("latin1").decode(this.#bytes);
  }

  #note(by: Note["by"], text: string): void {
    this.notes.push({ ms: Math.round(performance.now() - this.#start), by, text });
  }
}

function excerpt(text: string): string {
  const length = MOST_NOTED * 8;
  return text.length > length ? `${text.slice(0, length)}... (${text.length} bytes)` : text;
}

function toHex(bytes: Uint8Array): string {
  const shown = Array.from(
    bytes.subarray(0, MOST_NOTED),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  const more = bytes.length > MOST_NOTED ? `... (${bytes.length} bytes)` : "";
  return shown.join(" ") + more;
}

function toLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
