/**
 * A peer that speaks bytes: it sees what a connection really sends, and says what no
 * implementation would. Its other end is a server or a client in memory.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Platform } from "../../src/framed/platform.ts";
import type { TransportSink } from "../../src/transport/transport.ts";
import type { Runtime } from "../../src/transport/runtime.ts";
import type { HandlerProducer, WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import type { Role } from "../../src/protocol/role.ts";
import type { UpgradeOptions } from "../../src/server/upgrade_options.ts";
import { type ConnectOptions, startClient } from "../../src/client/client.ts";
import { acceptKey } from "../../src/handshake/accept_key.ts";
import { TransportUpgrades } from "../../src/server/transport_upgrades.ts";
import { Upgrader } from "../../src/server/upgrader.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { MemoryTransport, type PairOptions } from "../../src/testing/memory_transport.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { bits, concat } from "./bits.ts";
import { readFrames } from "./read_frames.ts";

/** The request of an opening handshake; further lines go before its end. */
export function upgradeRequest(...lines: string[]): string {
  return [
    "GET /chat?room=1 HTTP/1.1",
    "Host: test",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    ...lines,
    "\r\n",
  ].join("\r\n");
}

/** One end of a transport in memory, with no WebSocket on it. */
export class RawPeer implements TransportSink {
  readonly transport: MemoryTransport;
  readonly #role: Role;
  #buffer: Uint8Array = new Uint8Array(1_024);
  #length = 0;
  #head: string | null = null;
  /** Whether it ends its side when the other has ended; `false` leaves the transport half open. */
  endsToo = true;
  hasEnded = false;
  isClosed = false;

  constructor(transport: MemoryTransport, role: Role) {
    this.transport = transport;
    this.#role = role;
    transport.sink = this;
  }

  /** The head of the answer (or request), or `null` while it is not complete. */
  get head(): string | null {
    return this.#head;
  }

  /** The bytes after the head. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** The bytes after the head, as text. */
  get body(): string {
    return new TextDecoder().decode(this.bytes);
  }

  /** The frames that came, in words; those of before the last call are not told again. */
  takeFrames(): string[] {
    const { frames, rest } = readFrames(this.bytes);
    this.#drop(this.#length - rest);
    return frames;
  }

  /** Waits for bytes under way, and takes the frames. */
  async frames(): Promise<string[]> {
    await settle();
    return this.takeFrames();
  }

  /** Sends frames drawn as `bits` takes them. */
  send(drawing: string): void {
    this.write(bits(drawing, this.#role));
  }

  /** Sends bytes. */
  write(bytes: Uint8Array | string): void {
    const written = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    this.transport.write(written, 0, written.length);
  }

  onChunk(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#buffer.length) {
      this.#buffer = concat([this.bytes, new Uint8Array(this.#length + chunk.length)]);
    }
    this.#buffer.set(chunk, this.#length);
    this.#length += chunk.length;
    if (this.#head !== null) return;
    const text = new TextDecoder("latin1").decode(this.bytes);
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return;
    this.#head = text.slice(0, end);
    this.#drop(end + 4);
  }

  #drop(bytes: number): void {
    this.#buffer = this.#buffer.slice(bytes);
    this.#length -= bytes;
  }

  onEnd(): void {
    this.hasEnded = true;
    if (this.endsToo) this.transport.end();
  }

  onDrain(): void {}

  onClose(): void {
    this.isClosed = true;
  }
}

/** How a server is set up. */
export interface RawServerOptions extends PairOptions {
  server?: UpgradeOptions;
  platform?: Platform;
}

/** The accepting side of a server in memory, and peers that knock at it. */
export class RawServer {
  readonly upgrader: Upgrader;
  readonly #upgrades: TransportUpgrades;
  readonly #options: RawServerOptions;

  constructor(handler: WebSocketHandler | HandlerProducer, options: RawServerOptions = {}) {
    const platform = options.platform ?? testPlatform(options);
    this.#options = options;
    this.upgrader = new Upgrader({ handler, options: options.server ?? {}, platform });
    this.#upgrades = new TransportUpgrades(this.upgrader);
  }

  /** A peer whose transport was accepted. */
  accept(): { peer: RawPeer; transport: MemoryTransport } {
    const { client, server } = MemoryTransport.pair(this.#options);
    this.take(server);
    return { peer: new RawPeer(client, "client"), transport: server };
  }

  /** Takes a transport of the test's. */
  take(transport: MemoryTransport): void {
    this.#upgrades.accept(transport, "http");
  }

  /** Sends a request and gives the answer that came at once. */
  async ask(request: string): Promise<RawPeer> {
    const { peer } = this.accept();
    peer.write(request);
    await settle();
    return peer;
  }
}

/** A peer with an open connection of a server before it. */
export async function openToServer(
  handler: WebSocketHandler,
  options: RawServerOptions = {},
): Promise<{ peer: RawPeer; connection: WebSocketConnection; transport: MemoryTransport }> {
  const server = new RawServer(handler, options);
  const { peer, transport } = server.accept();
  peer.write(upgradeRequest());
  await settle();
  assert.match(peer.head ?? "", /^HTTP\/1\.1 101 /);
  const [connection] = server.upgrader.connections;
  return { peer, connection: connection ?? assert.fail("no connection"), transport };
}

/** How a client is set up. */
export interface RawClientOptions extends PairOptions {
  client?: ConnectOptions;
  url?: string;
  platform?: Platform;
}

/** A client in memory that has sent its request to a peer. */
export async function startRawClient(
  options: RawClientOptions = {},
): Promise<{ peer: RawPeer; opened: Promise<WebSocketConnection>; transport: MemoryTransport }> {
  const { client, server } = MemoryTransport.pair(options);
  const peer = new RawPeer(server, "server");
  const platform = options.platform ?? testPlatform(options);
  const host = { runtime: runtimeOf(client), platform };
  const opened = startClient(host, options.url ?? "ws://test/chat", options.client ?? {});
  opened.catch(() => {}); // looked at by the test
  await settle();
  return { peer, opened, transport: client };
}

/** The answer that opens the connection of this peer's client. */
export function acceptance(peer: RawPeer, ...lines: string[]): string {
  const key = /^sec-websocket-key: *(.*)$/im.exec(peer.head ?? "")?.[1] ?? assert.fail("no key");
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
    ...lines,
    "\r\n",
  ].join("\r\n");
}

/** A runtime whose only connection is this transport. */
export function runtimeOf(transport: MemoryTransport): Runtime {
  const unavailable = (): Promise<never> => Promise.reject(new Error("in memory only"));
  return {
    name: "node",
    listen: unavailable,
    listenHttp: unavailable,
    dial(_options, sink) {
      transport.sink = sink;
      return Promise.resolve(transport);
    },
  };
}
