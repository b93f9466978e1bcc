/**
 * Pings that wait for their pongs (RFC 6455 section 5.5.2).
 *
 * @module
 */
import type { Clock } from "./clock.ts";
import { defer, type Deferred } from "./promises.ts";

interface WaitingPing {
  readonly payload: Uint8Array;
  readonly sentAt: number;
  readonly roundTrip: Deferred<number>;
}

/** The pings of one connection. */
export class Pings {
  readonly #clock: Clock;
  readonly #waiting: WaitingPing[] = [];
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A payload that no other ping of this connection has. */
  nextPayload(): Uint8Array {
    const payload = new Uint8Array(4);
    new DataView(payload.buffer).setUint32(0, ++this.#count);
    return payload;
  }

  /** A ping has been sent; resolves with the milliseconds until its pong. */
  sent(payload: Uint8Array): Promise<number> {
    const roundTrip = defer<number>();
    this.#waiting.push({ payload: payload.slice(), sentAt: this.#clock.now(), roundTrip });
    return roundTrip.promise;
  }

  /** A pong answers its ping, and all before it: a peer may answer the latest only (section 5.5.3). */
  pong(payload: Uint8Array): void {
    const index = this.#waiting.findIndex((ping) => isEqual(ping.payload, payload));
    const now = this.#clock.now();
    for (const ping of this.#waiting.splice(0, index + 1)) {
      ping.roundTrip.resolve(now - ping.sentAt);
    }
  }

  /** No pong will come any more. */
  fail(error: unknown): void {
    for (const ping of this.#waiting.splice(0)) ping.roundTrip.reject(error);
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
