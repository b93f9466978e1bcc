/**
 * One opening handshake under way, as the upgrader that decides on it sees it.
 *
 * @module
 */
import type { WebSocketHandler } from "../handler.ts";
import type { Refusal, UpgradeRequest } from "../handshake/server_handshake.ts";
import type { OpenedHandshake } from "./opened_handshake.ts";

/** An answer that refuses, in words of ours. */
export type PlainAnswer = Omit<Refusal, "reason">;

/** An opening handshake under way: on a transport of ours, or in the hands of a native server. */
export interface PendingHandshake {
  readonly scheme: "http" | "https";
  /** Whether the client has not sent its whole request; it costs the client nothing to stay so. */
  readonly isSilent: boolean;
  /** The client's host, where it is known. */
  readonly remoteHost: string | null;
  /** The decision took longer than `handshakeTimeoutMs`. */
  timeOut(): void;
  /** Answers with a refusal of ours. */
  refuse(refusal: PlainAnswer): void;
  /** Answers with the producer's response. */
  respond(response: Response): Promise<void>;
  /** Becomes a connection, if the client is still there. */
  accept(accepted: AcceptedUpgrade<WebSocketHandler>): void;
}

/** A decision in the making. */
export interface AcceptedUpgrade<H> {
  readonly upgrade: UpgradeRequest;
  readonly handshake: OpenedHandshake;
  readonly handler: H;
}
