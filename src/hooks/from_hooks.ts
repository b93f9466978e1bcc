/**
 * Makes handlers of the hooks of crossws.
 *
 * @module
 */
import type { CloseInfo, HandlerProducer, MessageHandler, SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import { checkConcurrency } from "../connection/check_concurrency.ts";
import { checkOptions, isType } from "../connection/option_checks.ts";
import { WebSocketError } from "../errors.ts";
import type { OptionChecks } from "../options.ts";
import { isPromise } from "../promises.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { Topics } from "../topics/mod.ts";
import type { AcceptedHook, ForeignHooks, Hooks } from "./hooks.ts";
import type { HookRequest, MaybePromise } from "./request.ts";
import { HookMessage } from "./message.ts";
import { Peer } from "./peer.ts";
import { checkHooks } from "./check_hooks.ts";
import { findHooks, type ResolvedHooks } from "./resolve.ts";
import { Rooms } from "./rooms.ts";
import { isResponse } from "../response.ts";

/** Options of {@linkcode fromHooks}. */
export interface FromHooksOptions {
  /**
   * Most calls of the hook `message` that may run at the same time on one connection. Hooks whose
   * promise settles only when a subscription ends (graphql-ws) need more, because with 1 no message
   * after the first subscription would be handled.
   *
   * @default {1}
   */
  concurrency?: number;
  /**
   * The topics behind `peer.subscribe` and `peer.publish`.
   *
   * @default {topics of its own}
   */
  topics?: Topics;
  /**
   * Chooses one of the offered subprotocols if the `upgrade` hook does not.
   *
   * @default {no subprotocol}
   */
  handleProtocols?(
    offered: Set<string>,
    request: Request,
  ): MaybePromise<string | false | null | undefined>;
}

const CHECKS: OptionChecks<FromHooksOptions> = {
  concurrency: null,
  topics: isType("object"),
  handleProtocols: isType("function"),
};

/**
 * Hooks, or a function that returns the hooks of a request, for example a router or the `fetch` of
 * an application.
 */
export type HooksSource =
  | Hooks
  | ForeignHooks
  | ((request: HookRequest) => MaybePromise<ResolvedHooks>);

/**
 * Makes a handler producer of the hooks of crossws, for `serve`, `routes` and every `mount`. Hooks
 * are awaited. A peer that is faster than the hooks has to wait. An error of a hook closes with
 * 1011 and is reported to `onError`.
 *
 * @throws {TypeError} if the hooks or an option have the wrong shape, or a hook is misspelled.
 * @throws {RangeError} if `concurrency` is no whole number of at least 1.
 *
 * @example Hooks
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { defineHooks, fromHooks } from "@fullduplex/websocket/hooks";
 *
 * const hooks = defineHooks({
 *   open: (peer) => peer.subscribe("chat"),
 *   message: (peer, message) => peer.publish("chat", `${peer}: ${message}`),
 * });
 * const server = await serve({ port: 0 }, fromHooks(hooks));
 * await server.close();
 * ```
 *
 * @example The application of a framework that answers with hooks, h3 for example
 * ```ts ignore
 * const server = await serve({ port: 3000, fetch: app.fetch }, fromHooks((request) => app.fetch(request)));
 * ```
 */
export function fromHooks(source: HooksSource, options: FromHooksOptions = {}): HandlerProducer {
  checkHooks(source);
  checkOptions("fromHooks", options, CHECKS);
  const { topics = new Topics(), handleProtocols } = options;
  const concurrency = checkConcurrency("concurrency", options.concurrency ?? 1);
  const rooms = new Rooms<Peer>(topics);
  return async (request: HookRequest, protocols, { responseHeaders }) => {
    const found = typeof source === "function" ? await source(request) : source;
    const hooks = findHooks(found, request);
    if (!hooks || isResponse(hooks)) return hooks;
    const accepted = await upgrade(hooks, request);
    if (isResponse(accepted)) return accepted;
    let named = accepted.protocol;
    for (const [name, value] of new Headers(accepted.headers)) {
      if (name !== "sec-websocket-protocol") responseHeaders.append(name, value);
      else named ??= value;
    }
    const chosen = named ??
      (protocols.length > 0 ? await handleProtocols?.(new Set(protocols), request) : undefined);
    return new HookHandler(hooks, {
      rooms,
      concurrency,
      protocol: chosen || undefined,
      namespace: accepted.namespace ?? new URL(request.url).pathname,
      context: Object.assign(request.context ?? {}, accepted.context),
    });
  };
}

/** Calls the `upgrade` hook. A thrown response, or an error with a response, refuses as well. */
async function upgrade(hooks: Hooks, request: HookRequest): Promise<AcceptedHook | Response> {
  let accepted: AcceptedHook | Response;
  try {
    accepted = await hooks.upgrade?.(request) ?? {};
  } catch (thrown) {
    const response = responseOf(thrown);
    if (response === null) throw thrown;
    return response;
  }
  if (isResponse(accepted)) return accepted;
  for (const name of ["handled", "perMessageDeflate"]) {
    if (Reflect.get(accepted, name) === undefined) continue;
    const why = `upgrade: the hook returned ${name}, which only crossws's adapter for Node knows`;
    throw new WebSocketError("ERR_NOT_SUPPORTED", why);
  }
  return accepted;
}

function responseOf(thrown: unknown): Response | null {
  if (isResponse(thrown)) return thrown;
  if (typeof thrown !== "object" || thrown === null || !("response" in thrown)) return null;
  return isResponse(thrown.response) ? thrown.response : null;
}

/** The result of the `upgrade` hook for a connection. */
interface Accepted {
  readonly rooms: Rooms<Peer>;
  readonly concurrency: number;
  readonly protocol: string | undefined;
  readonly namespace: string;
  readonly context: Record<string, unknown>;
}

/** The handler that calls the hooks of one connection. */
class HookHandler implements MessageHandler {
  readonly concurrency: number;
  readonly protocol?: string;
  readonly #hooks: Hooks;
  readonly #accepted: Accepted;
  #peer!: Peer;

  constructor(hooks: Hooks, accepted: Accepted) {
    const { concurrency, protocol } = accepted;
    this.#hooks = hooks;
    this.#accepted = accepted;
    this.concurrency = concurrency;
    if (protocol !== undefined) this.protocol = protocol;
  }

  open(connection: SendingConnection): unknown {
    const { rooms, namespace, context } = this.#accepted;
    const { request } = connection;
    const onDrain = (peer: Peer): void => void this.#drain(peer);
    this.#peer = new Peer({ connection, request, namespace, context, rooms, onDrain });
    rooms.add(this.#peer);
    return withoutValue(this.#hooks.open?.(this.#peer));
  }

  message(_connection: SendingConnection, message: Message): unknown {
    return withoutValue(this.#hooks.message?.(this.#peer, new HookMessage(this.#peer, message)));
  }

  ping(_connection: SendingConnection, payload: Uint8Array): unknown {
    return this.#hooks.ping?.(this.#peer, payload);
  }

  pong(_connection: SendingConnection, payload: Uint8Array): unknown {
    return this.#hooks.pong?.(this.#peer, payload);
  }

  async close(_connection: SendingConnection, closing: CloseInfo): Promise<void> {
    const { code, reason, cause } = closing;
    this.#accepted.rooms.delete(this.#peer);
    // Errors of hooks go to `onError` instead, and `terminate()` is no error.
    if (cause instanceof WebSocketError && cause.code !== "ERR_ABORTED") {
      await this.#hooks.error?.(this.#peer, cause);
    }
    await this.#hooks.close?.(this.#peer, { code, reason });
  }

  /**
   * Calls the hook `drain`. Its error goes to the hook `error`, because it belongs to no message.
   */
  async #drain(peer: Peer): Promise<void> {
    try {
      await this.#hooks.drain?.(peer);
    } catch (error) {
      peer.close(CloseCode.InternalError);
      await this.#hooks.error?.(peer, error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** Drops the value of a hook. crossws ignores it, while a handler must not return a message. */
function withoutValue(result: unknown): PromiseLike<void> | undefined {
  return isPromise(result) ? result.then(() => {}) : undefined;
}
