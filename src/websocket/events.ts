/**
 * The classes of the events of sockets. They are the platform's. Where the platform has none
 * (`ErrorEvent` on Node, `CloseEvent` on Node 22), the class here follows the same standard.
 *
 * @module
 */
import { mustHave, toDomString, toUsvString } from "./arguments.ts";
import { platformClasses } from "./platform_classes.ts";

/** Options of any event, like `EventInit` of browsers, which is missing in Node's types. */
export interface EventOptions {
  /**
   * Whether the event bubbles.
   *
   * @default {false}
   */
  bubbles?: boolean;
  /**
   * Whether `preventDefault` cancels the event.
   *
   * @default {false}
   */
  cancelable?: boolean;
  /**
   * Whether the event leaves a shadow tree.
   *
   * @default {false}
   */
  composed?: boolean;
}

/** Options of a `CloseEvent`. */
export interface CloseEventOptions extends EventOptions {
  /**
   * Whether the closing handshake was finished.
   *
   * @default {false}
   */
  wasClean?: boolean;
  /**
   * The close code.
   *
   * @default {0}
   */
  code?: number;
  /**
   * The close reason.
   *
   * @default {""}
   */
  reason?: string;
}

/** Options of an `ErrorEvent`. */
export interface ErrorEventOptions extends EventOptions {
  /**
   * The error's message.
   *
   * @default {""}
   */
  message?: string;
  /**
   * The error, any value.
   *
   * @default {null}
   */
  error?: unknown;
}

/** The event of a socket that has closed. */
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
  /** The error's message. */
  readonly message: string;
  /** The error, usually a `WebSocketError` of the main entry point. */
  readonly error: unknown;
}

/** `CloseEvent` where the platform has none. */
export class OwnCloseEvent extends Event implements SocketCloseEvent {
  readonly #wasClean: boolean;
  readonly #code: number;
  readonly #reason: string;

  constructor(type: string, options?: CloseEventOptions) {
    mustHave("new CloseEvent", arguments.length, 1);
    const { wasClean = false, code = 0, reason = "" } = options ?? {};
    super(type, options ?? {});
    this.#wasClean = Boolean(wasClean);
    this.#code = code & 0xffff;
    this.#reason = toUsvString(reason);
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }

  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }
}

/** `ErrorEvent` where the platform has none. */
export class OwnErrorEvent extends Event implements SocketErrorEvent {
  readonly #message: string;
  readonly #error: unknown;

  constructor(type: string, options?: ErrorEventOptions) {
    mustHave("new ErrorEvent", arguments.length, 1);
    const { message = "", error = null } = options ?? {};
    super(type, options ?? {});
    this.#message = toDomString(message);
    this.#error = error;
  }

  get message(): string {
    return this.#message;
  }

  get error(): unknown {
    return this.#error;
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
