/**
 * The part of `ws` that it has in common with browsers: the constants, `addEventListener` and the
 * `on…` attributes.
 *
 * @module
 */
import { EventEmitter } from "node:events";
import { ReadyState } from "../handler.ts";
import {
  addFaceListener,
  type AnyEmitter,
  clearFaceAttribute,
  faceAttribute,
  type FaceEventMap,
  type FaceListener,
  removeFaceListener,
  type WebSocketEvents,
} from "./events.ts";

/** The value of an `on…` attribute. */
export type FaceAttribute<E> = ((event: E) => void) | null;

/** An emitter with the listeners of a browser's `WebSocket`. `Self` is the subclass. */
export abstract class FaceTarget<Self extends AnyEmitter> extends EventEmitter<WebSocketEvents> {
  /** The connection is not open yet. */
  static readonly CONNECTING: typeof ReadyState.CONNECTING = ReadyState.CONNECTING;
  /** The connection is open. */
  static readonly OPEN: typeof ReadyState.OPEN = ReadyState.OPEN;
  /** The closing handshake has started, or the connection has failed. */
  static readonly CLOSING: typeof ReadyState.CLOSING = ReadyState.CLOSING;
  /** The connection is closed. */
  static readonly CLOSED: typeof ReadyState.CLOSED = ReadyState.CLOSED;

  /** Not open yet. */
  get CONNECTING(): typeof ReadyState.CONNECTING {
    return ReadyState.CONNECTING;
  }

  /** Open. */
  get OPEN(): typeof ReadyState.OPEN {
    return ReadyState.OPEN;
  }

  /** In the closing handshake, or failed. */
  get CLOSING(): typeof ReadyState.CLOSING {
    return ReadyState.CLOSING;
  }

  /** Over. */
  get CLOSED(): typeof ReadyState.CLOSED {
    return ReadyState.CLOSED;
  }

  /** Called when the connection is open. */
  get onopen(): FaceAttribute<FaceEventMap<Self>["open"]> {
    return faceAttribute(this, "open");
  }

  set onopen(listener: FaceAttribute<FaceEventMap<Self>["open"]>) {
    this.#setAttribute("open", listener);
  }

  /** Called with each message. */
  get onmessage(): FaceAttribute<FaceEventMap<Self>["message"]> {
    return faceAttribute(this, "message");
  }

  set onmessage(listener: FaceAttribute<FaceEventMap<Self>["message"]>) {
    this.#setAttribute("message", listener);
  }

  /** Called when the connection could not be made, or the peer broke a rule. */
  get onerror(): FaceAttribute<FaceEventMap<Self>["error"]> {
    return faceAttribute(this, "error");
  }

  set onerror(listener: FaceAttribute<FaceEventMap<Self>["error"]>) {
    this.#setAttribute("error", listener);
  }

  /** Called when the connection has closed. */
  get onclose(): FaceAttribute<FaceEventMap<Self>["close"]> {
    return faceAttribute(this, "close");
  }

  set onclose(listener: FaceAttribute<FaceEventMap<Self>["close"]>) {
    this.#setAttribute("close", listener);
  }

  /** Adds a listener as a browser's `WebSocket` does; events that it does not have are ignored. */
  addEventListener<K extends keyof FaceEventMap<Self>>(
    type: K,
    listener: FaceListener<FaceEventMap<Self>[K]>,
    options: { once?: boolean } = {},
  ): void {
    addFaceListener(this.self(), type, listener, {
      once: options.once === true,
      wasClean: () => this.wasClean(),
    });
  }

  /** Removes a listener that `addEventListener` has added. */
  removeEventListener<K extends keyof FaceEventMap<Self>>(
    type: K,
    listener: FaceListener<FaceEventMap<Self>[K]>,
  ): void {
    removeFaceListener(this, type, listener);
  }

  /** The socket itself, which is the target of its events. */
  protected abstract self(): Self;

  /** Whether the closed connection was closed cleanly. */
  protected abstract wasClean(): boolean;

  #setAttribute<K extends keyof FaceEventMap<Self>>(
    type: K,
    listener: FaceAttribute<FaceEventMap<Self>[K]>,
  ): void {
    clearFaceAttribute(this, type);
    if (typeof listener !== "function") return;
    addFaceListener(this.self(), type, listener, {
      isAttribute: true,
      wasClean: () => this.wasClean(),
    });
  }
}
