/**
 * Connecting on Bun's own TCP, TLS and unix sockets.
 *
 * @module
 */
import type { Transport, TransportSink } from "../../transport/transport.ts";
import type { DialOptions, DialTls } from "../../transport/runtime.ts";
import type { checkPins as CheckPins } from "../node_builtins/spki_pins.ts";
import { toCommonTlsOptions } from "../node_builtins/tls_options.ts";
import { BunTransport } from "./transport.ts";
import type { BunSocketHandler, BunSocketOptions, BunSockets, BunTls } from "./types.ts";

declare const Bun: BunSockets;

/** The callbacks of outgoing sockets. Their `data` is set before the socket exists. */
const dialEvents: BunSocketHandler<BunTransport> = {
  ...BunTransport.events,
  open: (socket) => socket.data.attach(socket),
};

/** Connects; see `Runtime.dial`. Rejects with Bun's error, or with the signal's reason. */
export async function dial(options: DialOptions, sink: TransportSink): Promise<Transport> {
  const { tls, signal, tunnel, localAddress } = options;
  signal?.throwIfAborted();
  if (tunnel !== undefined) {
    // Bun's own sockets cannot start TLS on an existing transport.
    return await (await import("../node_builtins/dial.ts")).dial(options, sink);
  }
  // Loaded late, because only `pins` need `node:crypto`.
  const checker = tls?.pins === undefined ? null : await import("../node_builtins/spki_pins.ts");
  signal?.throwIfAborted();
  const socket = makeEvents(options, checker?.checkPins);
  const transport = new BunTransport(sink, tls !== undefined);
  const opened = transport.opened();
  const onAbort = (): void => transport.stopDialing(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const common: BunSocketOptions<BunTransport> = {
    allowHalfOpen: true,
    data: transport,
    tls: tls === undefined ? undefined : toBunTls(tls, options),
    socket,
  };
  const { path } = options;
  const connected = path === undefined
    ? Bun.connect({
      ...common,
      hostname: options.address ?? options.hostname,
      port: options.port,
      ...localAddress === undefined ? {} : { localAddress },
    })
    : Bun.connect({ ...common, unix: path });
  connected.catch((error) => transport.stopDialing(error));
  try {
    await opened;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  return transport;
}

/** Returns the shared callbacks, or further ones if the options need them. */
function makeEvents(
  { tls, onConnect }: DialOptions,
  checkPins: typeof CheckPins | undefined,
): BunSocketHandler<BunTransport> {
  const pins = tls?.pins;
  if (onConnect === undefined && pins === undefined) return dialEvents;
  return {
    ...dialEvents,
    open(socket) {
      onConnect?.();
      socket.data.attach(socket);
    },
    handshake(socket, success, error) {
      try {
        if (success && pins !== undefined) checkPins?.(socket.getPeerCertificate()?.raw, pins);
        dialEvents.handshake(socket, success, error);
      } catch (fault) {
        socket.data.stopDialing(fault);
      }
    },
  };
}

function toBunTls(tls: DialTls, options: DialOptions): BunTls {
  const { alpn } = tls;
  // Without a name Bun compares the certificate with the address that it dials.
  const host = options.path === undefined && options.address !== undefined
    ? options.hostname
    : undefined;
  const { serverName = host } = tls;
  const names = alpn === undefined ? {} : { ALPNProtocols: encodeAlpn(alpn) };
  return { ...toCommonTlsOptions(tls), serverName, ...names };
}

function encodeAlpn(names: readonly string[]): ArrayBuffer {
  const encoder = new TextEncoder();
  const bytes = names.flatMap((name) => {
    const encoded = encoder.encode(name);
    return [encoded.length, ...encoded];
  });
  return new Uint8Array(bytes).buffer;
}
