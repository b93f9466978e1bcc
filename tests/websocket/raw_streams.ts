/**
 * A `WebSocketStream` before a peer of bytes.
 *
 * @module
 */
import type { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { WebSocketError } from "../../src/websocket/websocket_error.ts";
import type { WebSocketOpenInfo, WebSocketStream } from "../../src/websocket/websocket_stream.ts";
import { acceptance, type RawPeer } from "../helpers/raw_peer.ts";
import { type RawSocketsOptions, rawStreamClass, rest } from "../helpers/raw_sockets.ts";

/** Whether an error is a `DOMException` of this name. */
export const named = (name: string) => (error: unknown): boolean =>
  error instanceof DOMException && error.name === name;

/** A stream before its peer. */
export interface RawStream {
  readonly stream: WebSocketStream;
  readonly peer: RawPeer;
  readonly transport: MemoryTransport;
}

/** A stream that is connecting. */
export async function connectStream(
  options: RawSocketsOptions & { protocols?: string[] } = {},
): Promise<RawStream> {
  const { Stream, surrounding } = rawStreamClass(options);
  const stream = new Stream("ws://test/chat", { protocols: options.protocols ?? [] });
  await rest();
  return { stream, peer: surrounding.peers[0]!, transport: surrounding.transports[0]! };
}

/** A stream that is open. */
export async function openStream(
  options: RawSocketsOptions = {},
): Promise<RawStream & WebSocketOpenInfo> {
  const raw = await connectStream(options);
  raw.peer.write(acceptance(raw.peer));
  return { ...raw, ...await raw.stream.opened };
}

/** The peer's last frames, and the end of its transport. */
export async function end(peer: RawPeer, drawing: string): Promise<void> {
  peer.send(drawing);
  peer.transport.end();
  await rest();
}

/** How a promise was settled, in words. */
export async function told(promise: Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await promise);
  } catch (error) {
    if (!(error instanceof WebSocketError)) return `rejected: ${error}`;
    return `rejected: ${error.closeCode} ${JSON.stringify(error.reason)}`;
  }
}
