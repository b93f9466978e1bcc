/**
 * Options of an upgrader, and the data that it passes from one step of an opening handshake to the
 * next.
 *
 * @module
 */
import type { Platform } from "../framed/platform.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { RequestHead } from "../handshake/head.ts";
import type { AcceptedUpgrade, PendingHandshake } from "./pending_handshake.ts";
import type { OpeningFacts } from "./pending_opening.ts";
import type { MountOptions, UpgradeOptions } from "./upgrade_options.ts";

/** A valid request whose handler is not chosen yet. */
export interface ReadUpgrade extends Pick<AcceptedUpgrade<never>, "upgrade" | "handshake"> {
  readonly opening: OpeningFacts;
}

/** A request that is refused before its handler is chosen. */
export interface RefusedHead {
  readonly pending: PendingHandshake;
  readonly head: RequestHead;
  /** Whether the path belongs to this mount; `null` if only the producer can decide. */
  readonly isOurs: boolean | null;
}

/** Options of an upgrader. */
export interface UpgraderOptions {
  readonly handler: WebSocketHandler | HandlerProducer;
  readonly options: UpgradeOptions;
  readonly platform: Platform;
  /** Called with each connection before its handler. */
  readonly onOpen?: (connection: WebSocketConnection) => void;
  /** Set for a mount, whose server other libraries may use as well. */
  readonly mount?: Pick<MountOptions, "match">;
}
