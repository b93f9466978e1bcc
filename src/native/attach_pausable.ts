/**
 * Makes and ends a connection that outlives the connections under it.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type {
  CloseInfo,
  SendingConnection,
  WebSocketConnection,
  WebSocketHandler,
} from "../handler.ts";
import type { PingsHost, PingTracker } from "../connection/framing.ts";
import type { MessageLimits } from "../connection/limits.ts";
import type { PausableWire } from "./pausable_wire.ts";
import { attach } from "../connection/attach.ts";

/** Options of {@linkcode attachPausable}. */
export interface PausableParts {
  readonly wire: PausableWire;
  readonly handler: WebSocketHandler | null;
  readonly clock: Clock;
  readonly limits: MessageLimits;
  /** The value of `connection.protocol`. */
  readonly protocol: string;
  makePings(host: PingsHost): PingTracker;
  onError(error: unknown, connection: WebSocketConnection): void;
  /** The handler has ended, its `close` included. */
  onFinished?(): void;
}

/** Makes the connection. Its request and extensions are those of the first connection under it. */
export function attachPausable(
  first: SendingConnection,
  { wire, handler, clock, limits, protocol, makePings, onError, onFinished }: PausableParts,
): WebSocketConnection {
  const handshake = {
    protocol,
    extensions: first.extensions,
    httpVersion: first.httpVersion,
    get request() {
      return first.request;
    },
  };
  // Each underlying connection has a keepalive of its own.
  const keepalive = { add() {}, delete() {}, makePings };
  const context = { platform: { clock }, limits, keepalive, onError, onFinished };
  return attach(handler, { wire, handshake, context });
}

/**
 * Ends the connection in the way in which the last underlying one ended. `isAsked` tells whether
 * the program has closed it.
 */
export function endLike(
  { wasClean, initiator, code, reason, cause }: CloseInfo,
  { wire, isAsked }: { wire: PausableWire; isAsked: boolean },
): void {
  if (!wasClean) wire.onClosed(cause);
  else if (isAsked || initiator === "remote") wire.onClose(code, reason);
  else wire.onFailed({ code, reason, cause });
}
