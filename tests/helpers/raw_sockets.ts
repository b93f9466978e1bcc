/**
 * Standard sockets in memory, each before a peer that speaks bytes: tests see what a socket sends
 * and when its events come.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openClient } from "../../src/client/client.ts";
import type { Platform } from "../../src/framed/platform.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { MemoryTransport, type PairOptions } from "../../src/testing/memory_transport.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import type { Environment } from "../../src/websocket/environment.ts";
import { OpeningTurns } from "../../src/websocket/opening_turns.ts";
import type { WebSocketOptions } from "../../src/websocket/options.ts";
import { setSettings } from "../../src/websocket/settings.ts";
import { EventLoopTasks, platformSchedule } from "../../src/websocket/tasks.ts";
import { WebSocket } from "../../src/websocket/websocket.ts";
import { WebSocketStream } from "../../src/websocket/websocket_stream.ts";
import { acceptance, RawPeer, runtimeOf } from "./raw_peer.ts";

/** How the sockets of a class are set up. */
export interface RawSocketsOptions extends PairOptions {
  /** Options of the class. */
  defaults?: WebSocketOptions;
  platform?: Platform;
  /** Fails the transport before it is there. */
  dialError?: Error;
  /** Takes each chunk for a task, as those of the system are. */
  hasChunkTasks?: boolean;
}

/** A surrounding in memory, and the peers of all that was dialled in it. */
export class RawSurrounding implements Environment {
  readonly tasks: EventLoopTasks;
  readonly turns = new OpeningTurns();
  readonly peers: RawPeer[] = [];
  readonly transports: MemoryTransport[] = []; // of the sockets
  readonly #options: RawSocketsOptions;

  constructor(options: RawSocketsOptions = {}) {
    this.#options = options;
    this.tasks = new EventLoopTasks(platformSchedule, options);
  }

  open: Environment["open"] = async (url, options, opening) => {
    const { client, server } = MemoryTransport.pair(this.#options);
    this.peers.push(new RawPeer(server, "server"));
    this.transports.push(client);
    const { dialError, platform = testPlatform(this.#options) } = this.#options;
    const runtime = runtimeOf(client);
    if (dialError !== undefined) runtime.dial = () => Promise.reject(dialError);
    return await openClient({ runtime, platform }, { url, options, opening });
  };

  toNodeBuffer = (bytes: Uint8Array): Uint8Array => new StandIn(bytes);
}

/** Takes the place of `Buffer`, which tests on three runtimes need not name. */
export class StandIn extends Uint8Array {}

/** A class of sockets in memory. */
export function rawSocketClass(
  options: RawSocketsOptions = {},
): { Socket: typeof WebSocket; surrounding: RawSurrounding } {
  const surrounding = new RawSurrounding(options);
  const Socket = class extends WebSocket {};
  setSettings(Socket, { environment: surrounding, defaults: options.defaults ?? {} });
  return { Socket, surrounding };
}

/** A class of streams in memory. */
export function rawStreamClass(
  options: RawSocketsOptions = {},
): { Stream: typeof WebSocketStream; surrounding: RawSurrounding } {
  const surrounding = new RawSurrounding(options);
  const Stream = class extends WebSocketStream {};
  setSettings(Stream, { environment: surrounding, defaults: options.defaults ?? {} });
  return { Stream, surrounding };
}

/** The events of a socket in words, in their order. */
export function recordEvents(socket: WebSocket): string[] {
  const events: string[] = [];
  socket.addEventListener("open", () => events.push("open"));
  socket.addEventListener("message", ({ data }) => events.push(`message ${data}`));
  socket.addEventListener("error", () => events.push("error"));
  socket.addEventListener("close", ({ code, reason, wasClean }) => {
    events.push(`close ${code} ${JSON.stringify(reason)} ${wasClean ? "clean" : "unclean"}`);
  });
  return events;
}

/** Lets everything that is ready happen: promises, and the tasks of events. */
export async function rest(): Promise<void> {
  const tasks = new EventLoopTasks();
  for (let turn = 0; turn < 4; turn++) {
    await settle();
    await new Promise<void>((resolve) => tasks.queue(resolve));
  }
}

/** A socket, its peer, and what was told of it. */
export interface RawSocket {
  readonly socket: WebSocket;
  readonly peer: RawPeer;
  readonly events: string[];
  readonly transport: MemoryTransport;
}

/** A socket that has sent its request. */
export async function connectRawSocket(
  options: RawSocketsOptions & { url?: string; protocols?: string | string[] } = {},
): Promise<RawSocket> {
  const { Socket, surrounding } = rawSocketClass(options);
  const socket = new Socket(options.url ?? "ws://test/chat", options.protocols);
  const events = recordEvents(socket);
  await rest();
  const [peer] = surrounding.peers, [transport] = surrounding.transports;
  assert.ok(peer !== undefined && transport !== undefined, "nothing was dialled");
  return { socket, peer, events, transport };
}

/** A socket that is open; its `open` event is not told. */
export async function openRawSocket(
  options: Parameters<typeof connectRawSocket>[0] & { lines?: string[] } = {},
): Promise<RawSocket> {
  const raw = await connectRawSocket(options);
  raw.peer.write(acceptance(raw.peer, ...options.lines ?? []));
  await rest();
  assert.deepEqual(raw.events.splice(0), ["open"]);
  return raw;
}
