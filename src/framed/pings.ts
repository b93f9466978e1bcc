/**
 * Pings and pongs that a caller sends (RFC 6455 sections 5.5.2 and 5.5.3).
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Clock } from "../clock.ts";
import type { PingsHost, PingTracker } from "../connection/framing.ts";
import { toControlPayload } from "../protocol/control_payload.ts";
import { type Deferred, makeDeferred } from "../promises.ts";

interface WaitingPing {
  readonly payload: Uint8Array;
  readonly sentAt: number;
  readonly roundTrip: Deferred<number>;
}

/** The pings of one connection. */
export class Pings implements PingTracker {
  readonly #host: PingsHost;
  readonly #clock: Clock;
  readonly #waiting: WaitingPing[] = [];
  #count = 0;

  constructor(host: PingsHost, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Sends a ping; resolves with the milliseconds until its pong. */
  async measureRoundTrip(payload: Message | undefined): Promise<number> {
    const bytes = payload === undefined ? this.#nextPayload() : toControlPayload(payload, "ping");
    this.#host.mustBeOpen("ping");
    this.#host.wire.sendPing(bytes);
    const roundTrip = makeDeferred<number>();
    this.#waiting.push({ payload: bytes.slice(), sentAt: this.#clock.now(), roundTrip });
    return await roundTrip.promise;
  }

  /** Sends an unsolicited pong. */
  sendPong(payload: Message | undefined): void {
    const bytes = toControlPayload(payload, "pong");
    this.#host.mustBeOpen("pong");
    this.#host.wire.sendPong(bytes);
  }

  /**
   * A pong answers its ping and all earlier ones, because a peer may answer the latest ping only
   * (section 5.5.3).
   */
  onPong(payload: Uint8Array): void {
    const index = this.#waiting.findIndex((ping) => isEqual(ping.payload, payload));
    const now = this.#clock.now();
    for (const ping of this.#waiting.splice(0, index + 1)) {
      ping.roundTrip.resolve(now - ping.sentAt);
    }
  }

  /** Rejects the pings that wait. */
  fail(error: unknown): void {
    for (const ping of this.#waiting.splice(0)) ping.roundTrip.reject(error);
  }

  /** Makes a payload that no other ping of this connection has. */
  #nextPayload(): Uint8Array {
    const payload = new Uint8Array(4);
    new DataView(payload.buffer).setUint32(0, ++this.#count);
    return payload;
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
