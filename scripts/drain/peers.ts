/**
 * The peers of `deno task test:drain`: connections that are idle, and some that ask again after
 * each answer. They answer the server's Close, and note when it came.
 *
 * @module
 */
import { connect, type Socket } from "node:net";
import { writeUpgradeRequest } from "../lib/upgrade_request.ts";

const REQUEST = writeUpgradeRequest();
/** A text message of one byte and an empty mask, as a client sends it. */
const ASK = Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x61);
const CLOSE_1012 = Uint8Array.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xf4);
/** The pong to a short ping, with an empty mask: a server may look for its own payload. */
const pongTo = (payload: Uint8Array): Uint8Array =>
  Uint8Array.of(0x8a, 0x80 | payload.length, 0, 0, 0, 0, ...payload);
const TEXT = 0x81, CLOSE = 0x88, PING = 0x89;
/** Between an answer and the next message. */
const THINK_MS = 300;
/** Connections that open at once. */
const BATCH = 200;

/** The events that the peers have seen. */
export interface PeerCounts {
  asked: number;
  answers: number;
  /** Connections that ended without a Close. */
  lost: number;
  /** When each Close came, by `performance.now()`. */
  readonly closes: number[];
}

/** Many connections of one process. */
export class Peers {
  readonly counts: PeerCounts = { asked: 0, answers: 0, lost: 0, closes: [] };
  readonly #port: number;
  #open = 0;
  #onAllEnded: () => void = () => {};

  constructor(port: number) {
    this.#port = port;
  }

  /** Opens connections; the first `busy` of them begin to ask. */
  async open({ all, busy }: { readonly all: number; readonly busy: number }): Promise<void> {
    for (let first = 0; first < all; first += BATCH) {
      const count = Math.min(BATCH, all - first);
      const batch = Array.from({ length: count }, (_, i) => this.#openOne(first + i < busy));
      await Promise.all(batch);
    }
  }

  /** Fulfilled when no connection is left. */
  async whenEnded(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#onAllEnded = resolve);
  }

  #openOne(isBusy: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#port, "127.0.0.1", () => socket.write(REQUEST));
      const { counts } = this;
      let pending = Buffer.alloc(0), isOpen = false, hasClosed = false;
      socket.on("error", reject);
      socket.on("data", (chunk) => {
        pending = Buffer.concat([pending, chunk]);
        if (!isOpen) {
          const end = pending.indexOf("\r\n\r\n");
          if (end < 0) return;
          if (!pending.subarray(9, 12).equals(Buffer.from("101"))) {
            return reject(new Error(`refused: ${pending.subarray(0, 30)}`));
          }
          pending = pending.subarray(end + 4);
          isOpen = true;
          this.#open++;
          if (isBusy) setTimeout(() => this.#ask(socket), Math.random() * THINK_MS);
          resolve();
        }
        while (pending.length >= 2) {
          const size = 2 + pending[1]!;
          if (pending.length < size) return;
          const [type] = pending;
          if (type === CLOSE) {
            hasClosed = true;
            counts.closes.push(performance.now());
            socket.end(CLOSE_1012);
          } else if (type === PING) socket.write(pongTo(pending.subarray(2, size)));
          else if (type === TEXT) {
            counts.answers++;
            setTimeout(() => this.#ask(socket), THINK_MS);
          }
          pending = pending.subarray(size);
        }
      });
      socket.on("close", () => {
        if (!isOpen) return;
        if (!hasClosed) counts.lost++;
        if (--this.#open === 0) this.#onAllEnded();
      });
    });
  }

  #ask(socket: Socket): void {
    if (!socket.writable) return;
    this.counts.asked++;
    socket.write(ASK);
  }
}
