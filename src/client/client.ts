/**
 * Clients: `connect` on any runtime.
 *
 * @module
 */
import type { Host } from "../framed/host.ts";
import type { Runtime } from "../transport/runtime.ts";
import type { WebSocketConnection } from "../handler.ts";
import { attach } from "../connection/attach.ts";
import { checkSpelling } from "../connection/check_spelling.ts";
import { checkOptions } from "../connection/option_checks.ts";
import { atLeast } from "../options.ts";
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from "../defaults.ts";
import { withDeflate } from "../framed/platform.ts";
import { WebSocketError } from "../errors.ts";
import { Attempt, HTTP_1_1 } from "./attempt.ts";
import { CONNECT_CHECKS, type ConnectOptions } from "./connect_options.ts";
import { dialTarget } from "./dialing.ts";
import type { Opening } from "./pending_connect.ts";
import { followRedirect } from "./redirects.ts";
import { readTarget, type Target } from "./target.ts";

export type { ConnectOptions } from "./connect_options.ts";

/** The part of a runtime that a client uses. */
export type ClientRuntime = Pick<Runtime, "dial" | "dialSession" | "lookup" | "getEnv">;

/** Connects on a runtime. Rejects as `connect` says. */
export async function startClient(
  host: Host<ClientRuntime>,
  url: string | URL,
  options: ConnectOptions,
): Promise<WebSocketConnection> {
  checkOptions("connect", options, CONNECT_CHECKS);
  const handler = options.handler === undefined ? null : checkSpelling(options.handler);
  const opening: Opening = { attach: (attached) => attach(handler, attached) };
  return await openClient(host, { url, options, opening });
}

/** Options of {@linkcode openClient}. */
export interface ClientRequest {
  readonly url: string | URL;
  /** The options of `connect`; `handler` is used by `opening`. */
  readonly options: ConnectOptions;
  readonly opening: Opening;
}

/** Makes the opening handshake, and opens the connection by `opening`. */
export async function openClient(
  host: Host<ClientRuntime>,
  { url, options, opening }: ClientRequest,
): Promise<WebSocketConnection> {
  const { signal } = options;
  const platform = await withDeflate(host.platform, options.compression), { clock } = platform;
  signal?.throwIfAborted(); // no `await` follows before the signal is listened to
  const { handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS } = options;
  const timeoutMs = atLeast(1, "handshakeTimeoutMs", handshakeTimeoutMs);
  const maxRedirects = atLeast(0, "maxRedirects", options.maxRedirects ?? 0);
  const first = readTarget(url, options);
  const attempts = new AbortController();
  const onAbort = (): void => attempts.abort(signal!.reason);
  signal?.addEventListener("abort", onAbort);
  const timer = timeoutMs === Infinity ? null : clock.after(timeoutMs, () => {
    const why = `${first.url.host}: no connection within ${timeoutMs} ms`;
    attempts.abort(new WebSocketError("ERR_HANDSHAKE_TIMEOUT", why));
  });
  const attempt = async (target: Target): Promise<WebSocketConnection> => {
    const { httpVersion = "1.1" } = target.options;
    if (httpVersion !== "1.1") {
      // Loaded late, because few clients use it.
      const { openOnSession } = await import("./http2/open_on_session.ts");
      const { runtime } = host, { signal } = attempts;
      const opened = await openOnSession(target, { runtime, opening, platform, signal });
      if (opened !== null) return opened;
    }
    const { request, pending } = new Attempt(target, { opening, platform, version: HTTP_1_1 });
    attempts.signal.addEventListener("abort", () => pending.stopWaiting(attempts.signal.reason));
    const way = { runtime: host.runtime, clock, signal: attempts.signal };
    pending.begin(await dialTarget(target, way, pending), request);
    return await pending.opened;
  };
  try {
    let target = first;
    for (let redirects = 0;; redirects++) {
      try {
        return await attempt(target);
      } catch (error) {
        if (!(error instanceof WebSocketError) || error.location === undefined) throw error;
        if (redirects >= maxRedirects) throw error;
        target = followRedirect(target, error);
      }
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    if (timer !== null) clock.clear(timer);
  }
}
