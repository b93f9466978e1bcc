/**
 * The events of a `WebSocket` of `ws`, and the listeners that are written as for a browser's.
 *
 * @module
 */
import type { Buffer } from "node:buffer";

/** A message as listeners get it, by `binaryType`. A text is always a `Buffer`. */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/** The events, and what their listeners are called with. */
export interface WebSocketEvents {
  /** The connection is over: code and reason of the peer's Close, 1006 without one. */
  close: [code: number, reason: Buffer];
  /** No connection could be made, or the peer broke a rule. `close` follows. */
  error: [error: Error];
  /** A whole message. A text comes as its UTF-8, with `isBinary` false. */
  message: [data: RawData, isBinary: boolean];
  /** The connection is open. Only of interest to clients. */
  open: [];
  /** The peer has sent a ping, which is answered. */
  ping: [data: Buffer];
  /** The peer has sent a pong. */
  pong: [data: Buffer];
}

/** An event as `addEventListener` and the `on…` attributes give it. */
export interface FaceEvent<Target> {
  /** The name of the event. */
  readonly type: string;
  /** The `WebSocket` it came from. */
  readonly target: Target;
}

/** An event of type `message`. */
export interface FaceMessageEvent<Target> extends FaceEvent<Target> {
  /** A string for a text, else by `binaryType`. */
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
  /** Its message. */
  readonly message: string;
}

/** By name of the event: what a listener of `addEventListener` is given. */
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

/** The methods of an emitter that the functions below call, whatever its events are. */
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

/** The listener behind a wrapper that the emitter calls. */
interface Origin {
  readonly listener: unknown;
  /** Whether it is the one of the `on…` attribute. */
  readonly isAttribute: boolean;
}

type EventName = keyof FaceEventMap<unknown>;
type Listener = (...args: never) => void;

const origins = new WeakMap<object, Origin>();

/** How a listener is added. */
export interface FaceListenerOptions {
  /** For one event. */
  readonly once?: boolean;
  /** As the one of the `on…` attribute. */
  readonly isAttribute?: boolean;
  /** Whether the connection, once it is over, was closed cleanly. */
  wasClean(): boolean;
}

/** Adds a listener as `EventTarget` does: the same one a second time changes nothing. */
export function addFaceListener<Target extends AnyEmitter, K extends EventName>(
  target: Target,
  type: K,
  listener: FaceListener<FaceEventMap<Target>[K]>,
  { once = false, isAttribute = false, wasClean }: FaceListenerOptions,
): void {
  if (!isAttribute && findListener(target, type, listener) !== undefined) return;
  const wrap = makeWrappers(target, wasClean)[type];
  if (wrap === undefined) return; // an event that a browser does not have
  const wrapper = wrap((event) => {
    if (typeof listener === "function") listener.call(target, event);
    else listener.handleEvent(event);
  });
  origins.set(wrapper, { listener, isAttribute });
  if (once) target.once(type, wrapper);
  else target.on(type, wrapper);
}

/** By event: what an emitter calls in place of a listener. */
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

/** Removes what {@linkcode addFaceListener} has added. */
export function removeFaceListener(target: AnyEmitter, type: EventName, listener: unknown): void {
  const wrapper = findListener(target, type, listener);
  if (wrapper !== undefined) target.removeListener(type, wrapper);
}

/** The value of an `on…` attribute. */
export function faceAttribute<E>(target: AnyEmitter, type: EventName): ((event: E) => void) | null {
  const wrapper = findAttribute(target, type);
  return wrapper === undefined ? null : origins.get(wrapper)!.listener as (event: E) => void;
}

/** Takes the listener of an `on…` attribute away. */
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
