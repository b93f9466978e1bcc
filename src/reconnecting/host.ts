/**
 * The environment of reconnecting: making one connection, time, randomness, and signs that the
 * network is back.
 *
 * @module
 */
import type { ConnectOptions } from "../client/client.ts";
import type { Clock } from "../clock.ts";
import type { PingsHost, PingTracker } from "../connection/framing.ts";
import type { WebSocketConnection } from "../handler.ts";
import type { AnswerPolicy } from "./answers.ts";
import { LONGEST_MS, systemClock } from "../clock.ts";

/** The environment of a client that reconnects. Tests have their own. */
export interface ReconnectHost {
  /** Makes one connection. */
  connect(url: string | URL, options: ConnectOptions): Promise<WebSocketConnection>;
  /** Timers. */
  readonly clock: Clock;
  /** Milliseconds of the wall clock, which continues while the machine sleeps. */
  wallNow(): number;
  /** Returns a random number from 0 to below 1. */
  random(): number;
  /**
   * Calls back at signs that a connection may be possible again. Returns a function that ends this.
   */
  listenForSigns(onSign: () => void): () => void;
  /**
   * Makes the object that measures round trips. Throws `ERR_NOT_SUPPORTED` where the platform
   * cannot send pings.
   */
  makePings(host: PingsHost): PingTracker;
  /** Whether the platform lets a client close with this code. */
  canClose(code: number): boolean;
  /** Interprets errors of attempts. */
  readonly answers: AnswerPolicy;
}

/**
 * A clock whose timers keep the process alive, unlike those of the system clock, because the client
 * is waiting for its next attempt.
 */
const keepingClock: Clock = {
  ...systemClock,
  after: (ms, callback) => setTimeout(callback, Math.min(ms, LONGEST_MS)),
};

/** Makes the environment on a real runtime. */
export function makeReconnectHost(
  parts: Pick<ReconnectHost, "connect" | "makePings" | "canClose" | "answers">,
): ReconnectHost {
  return {
    ...parts,
    clock: keepingClock,
    wallNow: Date.now,
    random: Math.random,
    listenForSigns: listenForBrowserSigns,
  };
}

/** The globals of a browser that are used here. Other runtimes lack some or all of them. */
interface BrowserGlobals {
  readonly document?: EventTarget & { readonly visibilityState: string };
  addEventListener?: EventTarget["addEventListener"];
  removeEventListener?: EventTarget["removeEventListener"];
}

/** Listens for the event `online` of a window, and for a page that becomes visible. */
function listenForBrowserSigns(onSign: () => void): () => void {
  const scope: BrowserGlobals = globalThis;
  const { document } = scope;
  const onVisibility = (): void => {
    if (document?.visibilityState === "visible") onSign();
  };
  scope.addEventListener?.("online", onSign);
  document?.addEventListener("visibilitychange", onVisibility);
  return () => {
    scope.removeEventListener?.("online", onSign);
    document?.removeEventListener("visibilitychange", onVisibility);
  };
}
