/**
 * An observer that publishes on channels of `node:diagnostics_channel`, which Node, Deno and Bun
 * have.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Observer } from "./observer.ts";

/** The part of a channel that is used. */
export interface DiagnosticsChannel {
  /** Whether the channel has subscribers. */
  readonly hasSubscribers: boolean;
  /** Gives a message to all subscribers. */
  publish(message: unknown): void;
}

/** The part of `node:diagnostics_channel` that is used. */
export interface DiagnosticsChannels {
  /** Returns the channel of this name. It is made at the first call. */
  channel(name: string): DiagnosticsChannel;
}

/** A message on `fullduplex.websocket.receive` and `fullduplex.websocket.send`. */
export interface ChannelMessage {
  /** The connection that the message came from or goes to. */
  readonly connection: SendingConnection;
  /** See `Observer.onReceive`. */
  readonly size: number;
}

/**
 * Makes an observer that publishes each event on a channel: `fullduplex.websocket.` with `open`,
 * `refuse`, `receive`, `send`, `drop`, `roundTrip` or `close`. An event for a channel without
 * subscribers costs only a check.
 *
 * The module is a parameter, so that this entry point loads on runtimes that lack it.
 *
 * @param channels The module `node:diagnostics_channel`.
 * @returns An observer for `observe`.
 *
 * @example
 * ```ts
 * import * as channels from "node:diagnostics_channel";
 * import { serve } from "@fullduplex/websocket";
 * import { observe, toChannels } from "@fullduplex/websocket/observe";
 *
 * const server = await serve({}, { message: (connection, text) => connection.send(text) });
 * observe(server, toChannels(channels));
 * channels.subscribe("fullduplex.websocket.close", (closed) => console.log(closed));
 * await server.close();
 * ```
 */
export function toChannels(channels: DiagnosticsChannels): Required<Observer> {
  if (typeof channels?.channel !== "function") {
    throw new TypeError("toChannels: channels must be the module node:diagnostics_channel");
  }
  const on = (name: string): DiagnosticsChannel => channels.channel(`fullduplex.websocket.${name}`);
  const opens = on("open"), refusals = on("refuse"), closes = on("close");
  const receives = on("receive"), sends = on("send"), drops = on("drop");
  const roundTrips = on("roundTrip");
  return {
    onOpen: (opened) => opens.publish(opened),
    onRefuse: (refused) => refusals.publish(refused),
    onReceive(connection, size) {
      if (receives.hasSubscribers) receives.publish({ connection, size });
    },
    onSend(connection, size) {
      if (sends.hasSubscribers) sends.publish({ connection, size });
    },
    onDrop: (dropped) => drops.publish(dropped),
    onRoundTrip(connection, milliseconds) {
      if (roundTrips.hasSubscribers) roundTrips.publish({ connection, milliseconds });
    },
    onClose: (closed) => closes.publish(closed),
  };
}
