/**
 * The hook objects of crossws.
 *
 * @module
 */
import type { HeadersSource } from "../handshake/head.ts";
import type { HookRequest, MaybePromise } from "./request.ts";
import type { HookMessage } from "./message.ts";
import type { Peer } from "./peer.ts";

/** The answer of an `upgrade` hook that accepts. */
export interface AcceptedHook {
  /**
   * Further header fields of the response. The field `Sec-WebSocket-Protocol` chooses the
   * subprotocol.
   */
  headers?: HeadersSource;
  /** The subprotocol, one of those that the client offers. */
  protocol?: string;
  /**
   * The peers that `publish` reaches, and that `peer.peers` lists.
   *
   * @default {the path of the URL}
   */
  namespace?: string;
  /** Data for `peer.context`. */
  context?: Record<string, unknown>;
}

/** The end of a connection, for the hook `close`. */
export interface CloseDetails {
  /** The close code; 1006 without a Close. */
  code: number;
  /** The close reason; often empty. */
  reason: string;
}

/** The hooks of crossws. All of them are optional, and all are awaited. */
export interface Hooks {
  /** Decides on an opening handshake: a `Response` that is returned or thrown refuses it. */
  upgrade?(request: HookRequest): MaybePromise<AcceptedHook | Response | void>;
  /** Called once, before any message. */
  open?(peer: Peer): MaybePromise<void>;
  /** Called with each message. `concurrency` calls may run at the same time. */
  message?(peer: Peer, message: HookMessage): MaybePromise<void>;
  /** Called when the connection can take more, after too much was waiting. */
  drain?(peer: Peer): MaybePromise<void>;
  /** Called before `close` with the cause, if the connection was not closed regularly. */
  error?(peer: Peer, error: Error): MaybePromise<void>;
  /** Called once, after the last message. */
  close?(peer: Peer, details: CloseDetails): MaybePromise<void>;
  /** Called with each ping of the peer, which is answered. */
  ping?(peer: Peer, data: Uint8Array): MaybePromise<void>;
  /** Called with each pong of the peer; those that answer keepalive's pings are empty. */
  pong?(peer: Peer, data: Uint8Array): MaybePromise<void>;
}

/**
 * Hooks whose types are those of crossws or of a framework on it, with another `Peer`. They are
 * typed as objects, so that the parameters of inline hooks get their types from {@linkcode Hooks}.
 */
export type ForeignHooks = { readonly [K in keyof Hooks]?: object | undefined };

/** Returns the hooks unchanged. It gives the parameters of hooks their types. */
export function defineHooks(hooks: Hooks): Hooks {
  return hooks;
}
