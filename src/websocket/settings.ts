/**
 * What the sockets of one class stand on, and how its subclasses inherit that.
 *
 * @module
 */
import type { Environment } from "./environment.ts";
import type { WebSocketOptions } from "./options.ts";

/** What a class gives to its sockets. */
export interface SocketSettings {
  /** Where connections and tasks come from. */
  readonly environment: Environment;
  /** Options of all its sockets; the constructor's own come before them. */
  readonly defaults: WebSocketOptions;
}

const settingsOfClass = new WeakMap<object, SocketSettings>();

/** Sets the settings of a class and of the classes that extend it. */
export function setSettings(socketClass: object, settings: SocketSettings): void {
  settingsOfClass.set(socketClass, settings);
}

/** The settings of a class: its own, or those of the nearest class that it extends. */
export function settingsOf(socketClass: object): SocketSettings {
  for (
    let next: object | null = socketClass;
    next !== null;
    next = Object.getPrototypeOf(next) as object | null
  ) {
    const settings = settingsOfClass.get(next);
    if (settings !== undefined) return settings;
  }
  throw new TypeError("Illegal constructor: import WebSocket from the entry point ./websocket");
}
