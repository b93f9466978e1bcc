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
import { isFastEnough } from "../connection/limits.ts";
import { Pings } from "./pings.ts";

/** Checks per interval. A ping is therefore early or late by at most an eighth of the interval. */
const CHECKS = 8;

/**
 * Most pings in one turn of the event loop. A ping and its pong take 25 to 70 µs, so that all other
 * connections would wait for tenths of a second if 10,000 pings left at once.
 */
const MOST_AT_ONCE = 256;

/** Most bytes of a connection's output that the system buffers, by Linux's default (`tcp_wmem`). */
const SYSTEM_BYTES = 4 * 1024 * 1024;

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

  /** Makes the object that sends a handler's pings. */
  makePings(host: PingsHost): PingTracker {
    return new Pings(host, this.#clock);
  }

  #schedule(): void {
    this.#timer = this.#clock.after(this.#stepMs, () => this.#checkSome(this.#members.values()));
  }

  /**
   * Checks connections until {@linkcode MOST_AT_ONCE} of them were pinged, and the rest in later
   * turns.
   */
  #checkSome(rest: IterableIterator<KeepaliveMember>): void {
    let pings = 0;
    for (const member of rest) {
      if (!this.#check(member) || ++pings < MOST_AT_ONCE) continue;
      this.#timer = this.#clock.after(0, () => this.#checkSome(rest));
      return;
    }
    if (this.#members.size > 0) this.#schedule();
    else this.#timer = null;
  }

  /**
   * Checks one connection. Returns whether it was pinged. It counts checks rather than time, so
   * that no peer is given up after the machine has slept.
   */
  #check(member: KeepaliveMember): boolean {
    const isTaking = this.#isTaking(member), { wasActive } = member;
    member.wasActive = false;
    if (member.stalledMs >= this.#pingIntervalMs + this.#pongTimeoutMs) {
      member.onKeepaliveTimeout(
        `the peer took less than 1 KiB a second of what was sent, for ${member.stalledMs} ms`,
      );
      return false;
    }
    if (member.wire.isPaused) return this.#checkPaused(member);
    if (wasActive || isTaking) {
      member.silentMs = 0;
      return false;
    }
    const wasPinged = member.silentMs < 0;
    member.silentMs += this.#stepMs;
    if (wasPinged) {
      if (member.silentMs < 0) return false;
      member.onKeepaliveTimeout(
        `the peer did not answer a ping within ${this.#pongTimeoutMs} ms`,
      );
      return false;
    }
    if (member.silentMs < this.#pingIntervalMs) return false;
    member.silentMs = -this.#pongTimeoutMs;
    return this.#ping(member);
  }

  /**
   * Whether the peer takes waiting output at a rate that `isFastEnough` accepts. Our ping waits
   * behind that output, so no pong can arrive before the output is taken. Until then, taking output
   * is the sign of life.
   */
  #isTaking(member: KeepaliveMember): boolean {
    const { wire: { bufferedAmount, takenBytes } } = member;
    if (bufferedAmount === 0) return this.#isTakingRest(member);
    const stalledMs = Math.max(0, member.stalledMs) + this.#stepMs;
    const taken = takenBytes - member.takenMark;
    if (!isFastEnough(taken, stalledMs)) {
      member.stalledMs = stalledMs;
      return false;
    }
    member.stalledMs = 0;
    member.takenMark = takenBytes;
    member.takenPerMs = taken / stalledMs;
    return true;
  }

  /**
   * The same after the last output was given to the system: the pong still waits for the output in
   * the system's buffers, which the peer takes at the same rate.
   */
  #isTakingRest(member: KeepaliveMember): boolean {
    const { takenPerMs } = member;
    member.takenMark = member.wire.takenBytes;
    member.takenPerMs = 0;
    if (takenPerMs > 0) {
      const most = this.#pingIntervalMs + this.#pongTimeoutMs;
      member.stalledMs = -Math.min(SYSTEM_BYTES / takenPerMs, most);
    } else member.stalledMs = Math.min(0, member.stalledMs + this.#stepMs);
    return member.stalledMs < 0;
  }

  /**
   * Pings a peer that this side does not read. Its pong cannot arrive, but a write to a lost peer
   * fails. The ping is sent after two intervals only, because the system's own keepalive probes
   * only while no output is unacknowledged, and it needs the time between (on Node 20 s, and 10
   * probes a second apart).
   */
  #checkPaused(member: KeepaliveMember): boolean {
    member.silentMs = Math.max(0, member.silentMs) + this.#stepMs;
    if (member.silentMs < 2 * this.#pingIntervalMs) return false;
    member.silentMs = 0;
    return this.#ping(member);
  }

  #ping({ readyState, wire }: KeepaliveMember): boolean {
    if (readyState !== ReadyState.OPEN) return false;
    wire.sendPing(EMPTY_BYTES);
    return true;
  }
}
