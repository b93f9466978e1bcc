/**
 * The settings of a socket class, which its subclasses inherit.
 *
 * @module
 */
import type { Environment } from "./environment.ts";
import type { WebSocketOptions } from "./options.ts";

/** Settings of a class for its sockets. */
export interface SocketSettings {
  /** The source of connections and tasks. */
  readonly environment: Environment;
  /** Default options of its sockets. Options of the constructor override them. */
  readonly defaults: WebSocketOptions;
}

const settingsOfClass = new WeakMap<object, SocketSettings>();

/** Sets the settings of a class and of the classes that extend it. */
export function setSettings(socketClass: object, settings: SocketSettings): void {
  settingsOfClass.set(socketClass, settings);
}

/** Returns the settings of a class: its own, or those of the nearest base class. */
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
