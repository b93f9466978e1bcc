/**
 * Two ends of one connection made by a real runtime, and the places where they can meet.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Transport } from "../../../src/transport/transport.ts";
import type { Address } from "../../../src/message.ts";
import type {
  DialOptions,
  Listener,
  ListenOptions,
  Runtime,
} from "../../../src/transport/runtime.ts";
import { PatternWriter } from "../../helpers/pattern_writer.ts";
import { RecordingSink } from "../../helpers/recording_sink.ts";
import { ca, cert, key } from "../../helpers/tls/fixtures.ts";

/** The part of a runtime that the transport suite tests. */
export type TransportRuntime = Pick<Runtime, "listen" | "dial">;

/** Features of a runtime. One that it lacks is `false`, with the reason beside it. */
export interface TransportFeatures {
  /** A client that only connects is accepted, without saying anything first. Default `true`. */
  rawClients?: boolean;
  /** Two listeners may share a port. Default `true`. */
  reusePort?: boolean;
  /** Giving up a TLS peer that does not answer frees the socket at once. Default `true`. */
  tlsAbort?: boolean;
  /** Ending one direction of TLS leaves the other open. Default `true`. */
  tlsHalfClose?: boolean;
}

/** Options of each test: some move 64 MiB, and the machine may be busy. */
export const patience = { timeout: 60_000 } as const;

/** A kind of transport. */
export type Place = "tcp" | "unix" | "tls";

/** Where to dial to reach `address`. */
export function toDialOptions(address: Address, place: Place = "tcp"): DialOptions {
  if (address.transport === "unix") return { path: address.path };
  const { hostname, port } = address;
  return place === "tls" ? { hostname, port, tls: { ca } } : { hostname, port };
}

/** Runs `use` with a path in a directory of its own. */
export async function withPath(use: (path: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "fullduplex-"));
  try {
    await use(join(directory, "socket"));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** One end: its transport, what it is told, and a writer. */
export interface End {
  readonly transport: Transport;
  readonly sink: RecordingSink;
  readonly writer: PatternWriter;
}

/** Both ends. */
export interface Pair {
  readonly server: End;
  readonly client: End;
  readonly listener: Listener;
}

/** How to make a pair; the sinks default to plain ones. */
export interface PairOptions {
  readonly runtime: TransportRuntime;
  readonly place: Place;
  readonly serverSink?: RecordingSink;
  readonly clientSink?: RecordingSink;
}

/** Makes an {@linkcode End}. */
export function makeEnd(transport: Transport, sink: RecordingSink): End {
  return { transport, sink, writer: new PatternWriter(transport) };
}

/** Runs `use` with a pair, then drops it and checks that each end closed exactly once. */
export function withPair(options: PairOptions, use: (pair: Pair) => Promise<void>): Promise<void> {
  if (options.place !== "unix") {
    return meet(options, options.place === "tls" ? { tls: { cert, key } } : {}, use);
  }
  return withPath((path) => meet(options, { path }, use));
}

async function meet(
  { runtime, place, serverSink = new RecordingSink(), clientSink = new RecordingSink() }:
    PairOptions,
  listen: ListenOptions,
  use: (pair: Pair) => Promise<void>,
): Promise<void> {
  const accepted = Promise.withResolvers<Transport>();
  const listener = await runtime.listen(listen, (transport) => {
    transport.sink = serverSink;
    accepted.resolve(transport);
  });
  const dialed = await runtime.dial(toDialOptions(listener.address, place), clientSink);
  const server = makeEnd(await accepted.promise, serverSink);
  const client = makeEnd(dialed, clientSink);
  try {
    await use({ server, client, listener });
  } finally {
    for (const { transport, sink } of [server, client]) {
      sink.paused = false;
      transport.abort();
      transport.resume();
    }
    await listener.close();
    for (const { sink } of [server, client]) await sink.until(() => sink.closes > 0);
  }
  serverSink.check();
  clientSink.check();
}

/** Pauses an end and tells its sink so. */
export function pause({ transport, sink }: End): void {
  sink.hush(() => transport.pause());
  sink.paused = true;
}

/** Undoes {@linkcode pause}. */
export function resume({ transport, sink }: End): void {
  sink.paused = false;
  sink.hush(() => transport.resume());
}
