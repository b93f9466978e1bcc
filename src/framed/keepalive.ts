/**
 * Keepalive: pings silent peers, and ends the connections of those that do not answer
 * (RFC 6455 section 5.5.2). All connections of a server share one timer.
 *
 * @module
 */
import type { Clock, TimerId } from "../clock.ts";
import type {
  KeepaliveMember,
  KeepaliveWatch,
  PingsHost,
  PingTracker,
} from "../connection/framing.ts";
import { ReadyState } from "../handler.ts";
import { EMPTY_BYTES } from "../bytes.ts";
import { Pings } from "./pings.ts";

/** Checks in each interval: a ping is early or late by at most an eighth of it. */
const CHECKS = 8;

/** Watches the connections of one server, or of one client. */
export class Keepalive implements KeepaliveWatch {
  readonly #clock: Clock;
  readonly #pingIntervalMs: number;
  readonly #pongTimeoutMs: number;
  readonly #stepMs: number;
  readonly #members = new Set<KeepaliveMember>();
  #timer: TimerId = null;

  constructor(clock: Clock, limits: { pingIntervalMs: number; pongTimeoutMs: number }) {
    this.#clock = clock;
    this.#pingIntervalMs = limits.pingIntervalMs;
    this.#pongTimeoutMs = limits.pongTimeoutMs;
    this.#stepMs = Math.min(limits.pingIntervalMs, limits.pongTimeoutMs) / CHECKS;
  }

  /** Watches a connection. */
  add(member: KeepaliveMember): void {
    if (this.#pingIntervalMs === Infinity) return;
    this.#members.add(member);
    if (this.#timer === null) this.#schedule();
  }

  /** Stops watching a connection. */
  delete(member: KeepaliveMember): void {
    this.#members.delete(member);
    if (this.#members.size > 0 || this.#timer === null) return;
    this.#clock.clear(this.#timer);
    this.#timer = null;
  }

  /** Makes the pings that a handler asks for. */
  makePings(host: PingsHost): PingTracker {
    return new Pings(host, this.#clock);
  }

  #schedule(): void {
    this.#timer = this.#clock.after(this.#stepMs, () => {
      for (const member of this.#members) this.#check(member);
      if (this.#members.size > 0) this.#schedule();
      else this.#timer = null;
    });
  }

  /** Counts steps, not time: after the machine has slept, no peer is taken for lost. */
  #check(member: KeepaliveMember): void {
    if (member.wasActive || member.isReadPaused) {
      member.wasActive = false;
      member.silentMs = 0;
      return;
    }
    const wasPinged = member.silentMs < 0;
    member.silentMs += this.#stepMs;
    if (wasPinged) {
      if (member.silentMs < 0) return;
      member.onKeepaliveTimeout(
        `the peer did not answer a ping within ${this.#pongTimeoutMs} ms`,
      );
    } else if (member.silentMs >= this.#pingIntervalMs) {
      member.silentMs = -this.#pongTimeoutMs;
      if (member.readyState === ReadyState.OPEN) member.wire.sendPing(EMPTY_BYTES);
    }
  }
}
