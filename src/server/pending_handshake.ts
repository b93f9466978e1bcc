/**
 * One opening handshake under way, as the upgrader that decides on it sees it.
 *
 * @module
 */
import type { WebSocketHandler } from "../handler.ts";
import type { HeaderList } from "../handshake/head.ts";
import type { Refusal, UpgradeRequest } from "../handshake/server_handshake.ts";
import type { Address } from "../message.ts";
import type { OpenedHandshake } from "./opened_handshake.ts";

/** The names of refusals that no rule of the handshake has. Those of an option have its name. */
export type ServerRefusalName =
  | "allowedHosts"
  | "closing"
  | "failed"
  | "handshakeTimeoutMs"
  | "maxConnections"
  | "maxConnectionsPerAddress"
  | "maxPendingUpgrades"
  | "noHandler"
  | "notOurs"
  | "producer"
  | "protocolRequired"
  | "proxyProtocol";

/** A refusal in words of ours. */
export interface PlainAnswer extends Omit<Refusal, "reason"> {
  /** Stable name of the rule or the limit. */
  readonly reason: Refusal["reason"] | ServerRefusalName;
}

/** An opening handshake under way: on a transport of ours, or in the hands of a native server. */
export interface PendingHandshake {
  readonly scheme: "http" | "https";
  /** Whether the client has not sent its whole request; it costs the client nothing to stay so. */
  readonly isSilent: boolean;
  /** The other end of the transport, or `null` where the runtime does not tell. */
  readonly peerAddress: Address | null;
  /** The client, as the transport's proxy announces it; else the other end. */
  readonly remoteAddress: Address | null;
  /** The value that was passed to the upgrade. */
  readonly context: unknown;
  /** The decision took longer than `handshakeTimeoutMs`. */
  timeOut(): void;
  /** Answers with a refusal of ours. */
  refuse(refusal: PlainAnswer): void;
  /**
   * The request may be for another library: leaves it alone. Where no other takes it, answers with
   * the refusal and calls `onRefused`.
   */
  pass(refusal: PlainAnswer, onRefused: () => void): void;
  /** Answers with the producer's response. */
  respond(response: Response): Promise<void>;
  /** Becomes a connection, if the client is still there. */
  accept(accepted: AcceptedUpgrade<WebSocketHandler>): void;
}

/** A request that the rules allow, and its handler. */
export interface AcceptedUpgrade<H> {
  readonly upgrade: UpgradeRequest;
  readonly handshake: OpenedHandshake;
  readonly handler: H;
  /** Header fields of the response, besides those of the handshake. */
  readonly headers: HeaderList;
}
