/**
 * The events of a `WebSocket` of `ws`, and listeners in the style of browsers.
 *
 * @module
 */
import type { Buffer } from "node:buffer";

/** A message for listeners. `binaryType` decides its form. A text is always a `Buffer`. */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/** The events, with the arguments of their listeners. */
export interface WebSocketEvents {
  /**
   * The connection has closed. `code` and `reason` are those of the peer's Close; the code is 1006
   * if there was none.
   */
  close: [code: number, reason: Buffer];
  /** The connection could not be made, or the peer broke a rule. `close` follows. */
  error: [error: Error];
  /** A whole message. A text comes as its UTF-8, with `isBinary` false. */
  message: [data: RawData, isBinary: boolean];
  /** The connection is open. Emitted on clients only. */
  open: [];
  /** The peer has sent a ping, which is answered. */
  ping: [data: Buffer];
  /** The peer has sent a pong. */
  pong: [data: Buffer];
}

/** An event for listeners of `addEventListener` and the `on…` attributes. */
export interface FaceEvent<Target> {
  /** The name of the event. */
  readonly type: string;
  /** The `WebSocket` that emitted it. */
  readonly target: Target;
}

/** An event of type `message`. */
export interface FaceMessageEvent<Target> extends FaceEvent<Target> {
  /** A string for a text; `binaryType` decides the form of a binary message. */
  readonly data: string | RawData;
}

/** An event of type `close`. */
export interface FaceCloseEvent<Target> extends FaceEvent<Target> {
  /** The close code. */
  readonly code: number;
  /** The close reason. */
  readonly reason: string;
  /** Whether both sides' Close frames were exchanged. */
  readonly wasClean: boolean;
}

/** An event of type `error`. */
export interface FaceErrorEvent<Target> extends FaceEvent<Target> {
  /** The error. */
  readonly error: Error;
  /** The error's message. */
  readonly message: string;
}

/** The event objects of `addEventListener` by their names. */
export interface FaceEventMap<Target> {
  /** See {@linkcode WebSocketEvents.open}. */
  open: FaceEvent<Target>;
  /** See {@linkcode WebSocketEvents.message}. */
  message: FaceMessageEvent<Target>;
  /** See {@linkcode WebSocketEvents.close}. */
  close: FaceCloseEvent<Target>;
  /** See {@linkcode WebSocketEvents.error}. */
  error: FaceErrorEvent<Target>;
}

/** A listener for `addEventListener`. */
export type FaceListener<E> = ((event: E) => void) | { handleEvent(event: E): void };

/** The methods of any emitter that the functions below call. */
export interface AnyEmitter {
  /** Adds a listener. */
  on(name: string, listener: (...args: never) => void): unknown;
  /** Adds a listener for one event. */
  once(name: string, listener: (...args: never) => void): unknown;
  /** Removes a listener. */
  removeListener(name: string, listener: (...args: never) => void): unknown;
  /** The listeners of an event. */
  // deno-lint-ignore ban-types -- as node:events declares it
  listeners(name: string): Function[];
}

/** The original listener of a wrapper. */
interface Origin {
  readonly listener: unknown;
  /** Whether the listener is the value of an `on…` attribute. */
  readonly isAttribute: boolean;
}

type EventName = keyof FaceEventMap<unknown>;
type Listener = (...args: never) => void;

const origins = new WeakMap<object, Origin>();

/** Options of adding a listener. */
export interface FaceListenerOptions {
  /** Whether the listener is called for one event only. */
  readonly once?: boolean;
  /** Whether the listener is the value of an `on…` attribute. */
  readonly isAttribute?: boolean;
  /** Returns whether the connection was closed cleanly, after it has closed. */
  wasClean(): boolean;
}

/** Adds a listener as `EventTarget` does: adding the same one again has no effect. */
export function addFaceListener<Target extends AnyEmitter, K extends EventName>(
  target: Target,
  type: K,
  listener: FaceListener<FaceEventMap<Target>[K]>,
  { once = false, isAttribute = false, wasClean }: FaceListenerOptions,
): void {
  if (!isAttribute && findListener(target, type, listener) !== undefined) return;
  const wrap = makeWrappers(target, wasClean)[type];
  if (wrap === undefined) return; // an event that browsers do not have
  const wrapper = wrap((event) => {
    if (typeof listener === "function") listener.call(target, event);
    else listener.handleEvent(event);
  });
  origins.set(wrapper, { listener, isAttribute });
  if (once) target.once(type, wrapper);
  else target.on(type, wrapper);
}

/** Wrappers for listeners, by event. */
type Wrappers<Target> = {
  readonly [K in EventName]: (
    tell: (event: FaceEventMap<Target>[K]) => void,
  ) => (...args: WebSocketEvents[K]) => void;
};

function makeWrappers<Target>(target: Target, wasClean: () => boolean): Wrappers<Target> {
  return {
    open: (tell) => () => tell({ type: "open", target }),
    message: (tell) => (data, isBinary) =>
      tell({ type: "message", target, data: isBinary ? data : data.toString() }),
    close: (tell) => (code, reason) =>
      tell({ type: "close", target, code, reason: reason.toString(), wasClean: wasClean() }),
    error: (tell) => (error) => tell({ type: "error", target, error, message: error.message }),
  };
}

/** Removes a listener that {@linkcode addFaceListener} has added. */
export function removeFaceListener(target: AnyEmitter, type: EventName, listener: unknown): void {
  const wrapper = findListener(target, type, listener);
  if (wrapper !== undefined) target.removeListener(type, wrapper);
}

/** The value of an `on…` attribute. */
export function faceAttribute<E>(target: AnyEmitter, type: EventName): ((event: E) => void) | null {
  const wrapper = findAttribute(target, type);
  return wrapper === undefined ? null : origins.get(wrapper)!.listener as (event: E) => void;
}

/** Removes the listener of an `on…` attribute. */
export function clearFaceAttribute(target: AnyEmitter, type: EventName): void {
  const wrapper = findAttribute(target, type);
  if (wrapper !== undefined) target.removeListener(type, wrapper);
}

function findListener(
  target: AnyEmitter,
  type: EventName,
  listener: unknown,
): Listener | undefined {
  return findWrapper(target, type, (origin) => !origin.isAttribute && origin.listener === listener);
}

function findAttribute(target: AnyEmitter, type: EventName): Listener | undefined {
  return findWrapper(target, type, (origin) => origin.isAttribute);
}

function findWrapper(
  target: AnyEmitter,
  type: EventName,
  isWanted: (origin: Origin) => boolean,
): Listener | undefined {
  const found = target.listeners(type).find((wrapper) => {
    const origin = origins.get(wrapper);
    return origin !== undefined && isWanted(origin);
  });
  return found as Listener | undefined;
}
