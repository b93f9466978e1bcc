/**
 * What an upgrader is made of, and what it hands from one step of an opening handshake to the next.
 *
 * @module
 */
import type { Platform } from "../framed/platform.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../handler.ts";
import type { RequestHead } from "../handshake/head.ts";
import type { AcceptedUpgrade, PendingHandshake } from "./pending_handshake.ts";
import type { OpeningFacts } from "./pending_opening.ts";
import type { MountOptions, UpgradeOptions } from "./upgrade_options.ts";

/** A request that the rules allow, before its handler is chosen. */
export interface ReadUpgrade extends Pick<AcceptedUpgrade<never>, "upgrade" | "handshake"> {
  readonly opening: OpeningFacts;
}

/** A request that is refused before its handler is asked for. */
export interface RefusedHead {
  readonly pending: PendingHandshake;
  readonly head: RequestHead;
  /** Whether the path is this mount's; `null` when only the producer knows. */
  readonly isOurs: boolean | null;
}

/** Options of an upgrader. */
export interface UpgraderOptions {
  readonly handler: WebSocketHandler | HandlerProducer;
  readonly options: UpgradeOptions;
  readonly platform: Platform;
  /** Called with each connection before its handler. */
  readonly onOpen?: (connection: WebSocketConnection) => void;
  /** Of a mount, whose server other libraries may use as well. */
  readonly mount?: Pick<MountOptions, "match">;
}
