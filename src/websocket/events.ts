/**
 * The classes of the events of sockets: the platform's, and where it has none (`ErrorEvent` on
 * Node, `CloseEvent` on Node 22) one of our own to the same standard.
 *
 * @module
 */
import { platformClasses } from "./platform_classes.ts";

/** How any event is made. As `EventInit` of browsers, which the types of Node do not have. */
export interface EventOptions {
  /** Whether it bubbles. Default `false`. */
  bubbles?: boolean;
  /** Whether `preventDefault` cancels it. Default `false`. */
  cancelable?: boolean;
  /** Whether it leaves a shadow tree. Default `false`. */
  composed?: boolean;
}

/** How a `CloseEvent` is made. */
export interface CloseEventOptions extends EventOptions {
  /** Default `false`. */
  wasClean?: boolean;
  /** Default 0. */
  code?: number;
  /** Default `""`. */
  reason?: string;
}

/** How an `ErrorEvent` is made. */
export interface ErrorEventOptions extends EventOptions {
  /** Default `""`. */
  message?: string;
  /** Default `null`. */
  error?: unknown;
}

/** The event of a socket that is closed. */
export interface SocketCloseEvent extends Event {
  /** Whether the closing handshake was finished. */
  readonly wasClean: boolean;
  /** Code of the peer's Close: 1005 if it had none, 1006 without a Close. */
  readonly code: number;
  /** Reason of the peer's Close. */
  readonly reason: string;
}

/** The event of a connection that was failed. */
export interface SocketErrorEvent extends Event {
  /** Why, in words. */
  readonly message: string;
  /** Why: a `WebSocketError` of the main entry point, mostly. */
  readonly error: unknown;
}

class OwnCloseEvent extends Event implements SocketCloseEvent {
  readonly #options: CloseEventOptions;

  constructor(type: string, options: CloseEventOptions = {}) {
    super(type, options);
    const { wasClean = false, code = 0, reason = "" } = options;
    this.#options = { wasClean: Boolean(wasClean), code: code & 0xffff, reason: `${reason}` };
  }

  get wasClean(): boolean {
    return this.#options.wasClean!;
  }

  get code(): number {
    return this.#options.code!;
  }

  get reason(): string {
    return this.#options.reason!;
  }
}

class OwnErrorEvent extends Event implements SocketErrorEvent {
  readonly #options: ErrorEventOptions;

  constructor(type: string, options: ErrorEventOptions = {}) {
    super(type, options);
    this.#options = options;
  }

  get message(): string {
    return `${this.#options.message ?? ""}`;
  }

  get error(): unknown {
    return this.#options.error ?? null;
  }
}

/** A class of events. */
export type EventClass<E, O> = new (type: string, options?: O) => E;

/** The class of `close` events. */
export const CloseEvent: EventClass<SocketCloseEvent, CloseEventOptions> =
  platformClasses.CloseEvent ?? named("CloseEvent", OwnCloseEvent);

/** The class of `error` events. */
export const ErrorEvent: EventClass<SocketErrorEvent, ErrorEventOptions> =
  platformClasses.ErrorEvent ?? named("ErrorEvent", OwnErrorEvent);

function named<T extends { readonly prototype: object }>(name: string, eventClass: T): T {
  Object.defineProperty(eventClass, "name", { value: name, configurable: true });
  Object.defineProperty(eventClass.prototype, Symbol.toStringTag, {
    value: name,
    configurable: true,
  });
  return eventClass;
}
