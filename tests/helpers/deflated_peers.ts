/**
 * Peers in memory that compress as they like, before a server or a client of ours that has
 * agreed on permessage-deflate with this runtime's zlib.
 *
 * @module
 */
import assert from "node:assert/strict";
import { constants, deflateRawSync } from "node:zlib";
import type { CompressionOptions } from "../../src/framed/compression.ts";
import type { WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import type { Role } from "../../src/protocol/role.ts";
import type { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { zlibEngine } from "../../src/runtime/node_builtins/zlib/codec.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { concat } from "./bits.ts";
import { acceptance, type RawPeer, RawServer, startRawClient, upgradeRequest } from "./raw_peer.ts";

/** How a connection is set up. */
export interface DeflatedOptions {
  readonly maxMessageBytes?: number;
  readonly compression?: CompressionOptions;
  /** Parameters of the peer's offer or answer, each as `; name=value`. */
  readonly parameters?: string;
  /** Default: one that only waits, so that the test reads. */
  readonly handler?: WebSocketHandler;
}

/** A connection of ours, and its peer. */
export interface Deflated {
  readonly role: Role;
  readonly connection: WebSocketConnection;
  readonly transport: MemoryTransport;
  readonly peer: RawPeer;
}

const WAITING: WebSocketHandler = { session: async ({ closed }) => void await closed };
const EXTENSION = "Sec-WebSocket-Extensions: permessage-deflate";

/** Opens a connection of which ours is the end with this role. */
export async function openDeflated(role: Role, options: DeflatedOptions = {}): Promise<Deflated> {
  const platform = { ...testPlatform(), deflate: zlibEngine };
  const { parameters = "", handler = WAITING, compression = { windowBits: 15 } } = options;
  const { maxMessageBytes } = options;
  const limits = { compression, ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }) };
  if (role === "client") {
    const { peer, opened, transport } = await startRawClient({ client: limits, platform });
    peer.write(acceptance(peer, EXTENSION + parameters));
    return { role, connection: await opened, transport, peer };
  }
  const server = new RawServer(handler, { server: limits, platform });
  const { peer, transport } = server.accept();
  peer.write(upgradeRequest(EXTENSION + parameters));
  await settle();
  assert.match(peer.head ?? "", /^HTTP\/1\.1 101 [^]*permessage-deflate/);
  const [connection] = server.upgrader.connections;
  return { role, connection: connection ?? assert.fail("no connection"), transport, peer };
}

/** How a frame is told in its first byte. */
export interface FrameKind {
  /** Default `true`. */
  readonly fin?: boolean;
  /** Whether RSV1 is set. Default `true`. */
  readonly isDeflated?: boolean;
  /** Default 2: binary. */
  readonly opcode?: number;
}

/** A frame from the peer, masked with zeros if it is a client. */
export function frameTo(
  { role }: Pick<Deflated, "role">,
  payload: Uint8Array,
  kind: FrameKind = {},
): Uint8Array {
  const { fin = true, isDeflated = true, opcode = 2 } = kind, { length } = payload;
  const first = (fin ? 0x80 : 0) | (isDeflated ? 0x40 : 0) | opcode;
  const mask = role === "server" ? 0x80 : 0;
  const size = length < 126
    ? [mask | length]
    : length < 0x10000
    ? [mask | 126, length >> 8, length]
    : [mask | 127, 0, 0, 0, 0, length >>> 24, length >>> 16, length >>> 8, length];
  const key = role === "server" ? [0, 0, 0, 0] : [];
  return concat([Uint8Array.from([first, ...size, ...key]), payload]);
}

/** One message as a peer compresses it that keeps no context. */
export function deflateMessage(content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const deflated = deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  return new Uint8Array(deflated.subarray(0, -4));
}

/** Bytes that a compressor makes a third of, so that a message is large on both sides. */
export function jsonBytes(length: number): Uint8Array {
  let text = "";
  for (let count = 0; text.length < length; count++) {
    text += `{"count":${count},"name":"user ${count * 7919 % 1000}","value":${Math.sin(count)}}\n`;
  }
  return new TextEncoder().encode(text).slice(0, length);
}
