/**
 * Opening handshakes of a client over HTTP/2 (RFC 8441), on sessions that connections to one server
 * share.
 *
 * @module
 */
import type { Platform } from "../../framed/platform.ts";
import type { WebSocketConnection } from "../../handler.ts";
import { makeConnectRequest, readConnectResponse } from "../../handshake/extended_connect.ts";
import type { HeaderList } from "../../handshake/head.ts";
import type { Runtime } from "../../transport/runtime.ts";
import { noopSink } from "../../transport/transport.ts";
import { WebSocketError } from "../../errors.ts";
import { Attempt, type HttpVersion } from "../attempt.ts";
import { dialTarget } from "../dialing.ts";
import { cannotConnect } from "../messages.ts";
import type { Opening } from "../pending_connect.ts";
import { isSecure, type Target } from "../target.ts";
import { NoHttp2Error, type SharedSession } from "./session_pool.ts";
import { nameOfPlace, poolOf } from "./pools.ts";

/** HTTP/2: an extended CONNECT. */
const HTTP_2: HttpVersion<HeaderList> = {
  httpVersion: "2",
  status: 200,
  read: readConnectResponse,
  make(options) {
    const { fields, head } = makeConnectRequest(options);
    return { request: fields, head, key: "" };
  },
};

/** Options of {@linkcode openOnSession}. */
export interface SessionOpening {
  readonly runtime: Pick<Runtime, "dialSession" | "lookup" | "getEnv">;
  readonly opening: Opening;
  readonly platform: Platform;
  /** Aborts the opening, which rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Opens a connection as a stream. Resolves to `null` if `"auto"` has to use HTTP/1.1. */
export async function openOnSession(
  target: Target,
  { runtime, opening, platform, signal }: SessionOpening,
): Promise<WebSocketConnection | null> {
  const { url, options } = target, { clock } = platform;
  const isAuto = options.httpVersion === "auto";
  // Without TLS there is no negotiation of HTTP/2.
  if (isAuto && !isSecure(url)) return null;
  const { dialSession } = runtime;
  if (dialSession === undefined) {
    if (isAuto) return null;
    throw new WebSocketError("ERR_NOT_SUPPORTED", "httpVersion: this runtime has no HTTP/2");
  }
  // Throws if an option is wrong.
  const attempt = new Attempt(target, { opening, platform, version: HTTP_2 });
  const place = nameOfPlace(target), pool = poolOf(runtime, clock);
  if (isAuto && pool.isKnownAsOld(place)) return null;
  const dial = (options: Parameters<typeof dialSession>[0]) => dialSession(options);
  let session: SharedSession;
  try {
    session = await pool.take(place, {
      signal,
      dial: (signal) =>
        dialTarget(target, { runtime: { ...pick(runtime), dial }, clock, signal }, noopSink),
    });
  } catch (error) {
    if (!(error instanceof NoHttp2Error)) throw error;
    if (isAuto) return null;
    throw new WebSocketError("ERR_HANDSHAKE", cannotConnect(url, error.message));
  }
  const { pending, request } = attempt;
  const onAbort = (): void => pending.stopWaiting(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  pending.beginStream(session.request(request, {
    sink: pending,
    onAnswer: (head) => pending.answer(head),
  }));
  try {
    return await pending.opened;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function pick({ lookup, getEnv }: SessionOpening["runtime"]): Pick<Runtime, "lookup" | "getEnv"> {
  return {
    ...lookup === undefined ? {} : { lookup },
    ...getEnv === undefined ? {} : { getEnv },
  };
}
