/**
 * The interface of a pending opening handshake to the upgrader, which decides on it.
 *
 * @module
 */
import type { WebSocketHandler } from "../handler.ts";
import type { HeaderList } from "../handshake/head.ts";
import type { Refusal, UpgradeRequest } from "../handshake/server_handshake.ts";
import type { Address } from "../message.ts";
import type { OpenedHandshake } from "./opened_handshake.ts";

/**
 * Names of refusals that are not rules of the handshake. A refusal because of an option has the
 * name of the option.
 */
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

/** A refusal with a text of this library. */
export interface PlainAnswer extends Omit<Refusal, "reason"> {
  /** Stable name of the rule or the limit. */
  readonly reason: Refusal["reason"] | ServerRefusalName;
}

/** A pending opening handshake, on a transport of this library or on a native server. */
export interface PendingHandshake {
  readonly scheme: "http" | "https";
  /**
   * Whether the client has not sent its whole request. Staying in this state costs the client
   * nothing.
   */
  readonly isSilent: boolean;
  /** Address of the other end of the transport, or `null` where the runtime does not provide it. */
  readonly peerAddress: Address | null;
  /** Address of the client as announced by a PROXY header, otherwise of the other end. */
  readonly remoteAddress: Address | null;
  /** The value that was passed to the upgrade. */
  readonly context: unknown;
  /** The decision took longer than `handshakeTimeoutMs`. */
  timeOut(): void;
  /** Answers with a refusal. */
  refuse(refusal: PlainAnswer): void;
  /**
   * Leaves the request to other libraries. If none takes it, answers with the refusal and calls
   * `onRefused`.
   */
  pass(refusal: PlainAnswer, onRefused: () => void): void;
  /** Answers with the producer's response. */
  respond(response: Response): Promise<void>;
  /** Opens the connection, if the client is still connected. */
  accept(accepted: AcceptedUpgrade<WebSocketHandler>): void;
}

/** A valid request, and its handler. */
export interface AcceptedUpgrade<H> {
  readonly upgrade: UpgradeRequest;
  readonly handshake: OpenedHandshake;
  readonly handler: H;
  /** Header fields of the response, besides those of the handshake. */
  readonly headers: HeaderList;
}
