/**
 * What a user's code for browsers writes, for `tsc` without the types of any runtime.
 *
 * @module
 */
import { connect, type Message, routes, WebSocketError } from "@fullduplex/websocket";
import { connect as sameConnect, connectDuplex, mount } from "@fullduplex/websocket/web";
import { Protocol } from "@fullduplex/websocket/protocol";
import { pairConnections } from "@fullduplex/websocket/testing";

/** Asks. */
export async function ask(question: string): Promise<Message | null> {
  const connection = await connect("wss://example.com/", { handshakeTimeoutMs: 1_000 });
  await connection.send(question);
  return await connection.read();
}

/** All else there is. */
export const used = {
  sameConnect,
  connectDuplex,
  mount,
  Protocol,
  pairConnections,
  routes,
  WebSocketError,
};
