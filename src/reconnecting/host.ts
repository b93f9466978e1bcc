/**
 * What reconnecting stands on: one attempt, time, chance, and signs that the network is back.
 *
 * @module
 */
import type { ConnectOptions } from "../client/client.ts";
import type { Clock } from "../clock.ts";
import type { PingsHost, PingTracker } from "../connection/framing.ts";
import type { WebSocketConnection } from "../handler.ts";
import type { AnswerPolicy } from "./answers.ts";
import { systemClock } from "../clock.ts";

/** The surroundings of a client that reconnects. A test gives its own. */
export interface ReconnectHost {
  /** Makes one connection. */
  connect(url: string | URL, options: ConnectOptions): Promise<WebSocketConnection>;
  /** Timers. */
  readonly clock: Clock;
  /** Milliseconds of the calendar, which go on while a machine sleeps. */
  wallNow(): number;
  /** A number from 0 to below 1. */
  random(): number;
  /** Calls back at signs that a connection may be possible again. Returns what ends that. */
  listenForSigns(onSign: () => void): () => void;
  /** Makes what measures round trips; throws `ERR_NOT_SUPPORTED` where the platform sends no ping of ours. */
  makePings(host: PingsHost): PingTracker;
  /** Whether the platform lets a client close with this code. */
  canClose(code: number): boolean;
  /** Reads errors of attempts. */
  readonly answers: AnswerPolicy;
}

/** A timer of the library does not keep a process alive; a client that waits for its next attempt does. */
const keepingClock: Clock = {
  ...systemClock,
  after: (ms, callback) => setTimeout(callback, Math.min(ms, 2 ** 31 - 1)),
};

/** The surroundings on a real runtime. */
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

/** The part of a browser's globals that is used here; other runtimes lack some or all of it. */
interface BrowserGlobals {
  readonly document?: EventTarget & { readonly visibilityState: string };
  addEventListener?: EventTarget["addEventListener"];
  removeEventListener?: EventTarget["removeEventListener"];
}

/** `online` of a window, and a page that becomes visible. */
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
