/**
 * Keepalive: pings peers that have been silent, and gives up those that stay so
 * (RFC 6455 section 5.5.2). One timer for all connections of a server, not one for each.
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
import { Pings } from "./pings.ts";

/** Checks per interval: a ping is early or late by at most this part of it. */
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

  /** Watches it no more. */
  delete(member: KeepaliveMember): void {
    this.#members.delete(member);
    if (this.#members.size > 0 || this.#timer === null) return;
    this.#clock.clear(this.#timer);
    this.#timer = null;
  }

  /** Makes what pings when the owner of a connection asks for it. */
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

  /** Counts steps, not time: after a machine has slept, nobody is guilty. */
  #check(member: KeepaliveMember): void {
    if (member.wasHeard || member.isDeaf) {
      member.wasHeard = false;
      member.silentMs = 0;
    } else if (member.silentMs >= 0) {
      member.silentMs += this.#stepMs;
      if (member.silentMs < this.#pingIntervalMs) return;
      member.silentMs = -this.#pongTimeoutMs;
      member.probe();
    } else {
      member.silentMs += this.#stepMs;
      if (member.silentMs >= 0) member.giveUp();
    }
  }
}
