/**
 * Opens the connection on the socket of an accepted request.
 *
 * @module
 */
import type { Duplex } from "node:stream";
import process from "node:process";
import { attach } from "../connection/attach.ts";
import { resolveLimits } from "../connection/limits.ts";
import { reportOnConsole } from "../connection/context.ts";
import { type Compression, makeCompression } from "../framed/compression.ts";
import type { FramedContext } from "../framed/framed_context.ts";
import { FrameWire } from "../framed/frame_wire.ts";
import { Keepalive } from "../framed/keepalive.ts";
import { formatExtensions } from "../handshake/header_values.ts";
import { acceptUpgrade, type UpgradeRequest } from "../handshake/server_handshake.ts";
import { stringToLatin1 } from "../handshake/latin1.ts";
import { nodePlatform } from "../runtime/node/platform.ts";
import { toOwnBytes, transportOf } from "../runtime/node_builtins/socket_transport.ts";
import { zlibEngine } from "../runtime/node_builtins/zlib/codec.ts";
import { OpenedHandshake } from "../server/opened_handshake.ts";
import { toLimits } from "./connection_options.ts";
import { toCompression } from "./deflate_options.ts";
import type { Link } from "./link.ts";
import type { ServerOptions } from "./server_options.ts";

/** A request that is accepted, and its socket. */
export interface AcceptedSocket {
  readonly upgrade: UpgradeRequest;
  /** The subprotocol, or `undefined`. */
  readonly protocol: string | undefined;
  readonly socket: Duplex;
  /** Bytes that followed the head. */
  readonly early: Uint8Array;
}

/** The limits, the compression and the platform that all connections of one server share. */
export class Acceptor {
  readonly #context: FramedContext;
  readonly #compression: Compression | null;

  constructor(options: ServerOptions) {
    const limits = resolveLimits(toLimits(options));
    const keepalive = new Keepalive(nodePlatform.clock, limits);
    this.#context = {
      role: "server",
      platform: nodePlatform,
      limits,
      keepalive,
      onError: reportOnConsole,
    };
    this.#compression = makeCompression(
      toCompression(options.perMessageDeflate ?? false),
      zlibEngine,
    );
  }

  /**
   * Sends the answer, and gives the connection to the link. `onHeaders` may change the lines of the
   * answer. Early bytes are delivered in a later turn, when listeners have been added.
   */
  accept(
    { upgrade, protocol, socket, early }: AcceptedSocket,
    link: Link,
    onHeaders: (lines: string[]) => void,
  ): void {
    const compression = this.#compression;
    const deflate = compression?.negotiate(upgrade.extensions) ?? null;
    const extensions = deflate === null ? [] : [deflate.response];
    const { status, statusText, headers } = acceptUpgrade({ upgrade, protocol, extensions });
    const lines = [
      `HTTP/1.1 ${status} ${statusText}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
    ];
    onHeaders(lines);
    const answer = toBytes(lines);
    const transport = transportOf(socket);
    const context = this.#context, { output } = context.platform;
    const scheme = isSecure(socket) ? "https" : "http";
    const handshake = new OpenedHandshake({ scheme, text: upgrade.text });
    handshake.protocol = protocol ?? "";
    handshake.extensions = formatExtensions(extensions);
    output.cork(); // so that the answer and the listeners' first messages leave together
    try {
      const at = output.reserve(transport, answer.length);
      output.bytes.set(answer, at);
      const codec = deflate === null ? undefined : compression?.makeCodec("server", deflate.terms);
      const wire = new FrameWire({ transport, context, compression: codec });
      attach(link, { wire, handshake, context });
      if (early.length > 0) process.nextTick(() => wire.receive(toOwnBytes(early)));
    } finally {
      output.uncork();
    }
  }
}

/** Whether a socket uses TLS. */
export function isSecure(socket: Duplex): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

/** Encodes the lines of a head. Throws a `TypeError` if a line contains a line end. */
function toBytes(lines: readonly string[]): Uint8Array {
  const broken = lines.find((line) => /[\r\n]/.test(line));
  if (broken === undefined) return stringToLatin1(`${lines.join("\r\n")}\r\n\r\n`);
  throw new TypeError(`headers: the line ${JSON.stringify(broken)} has a line break in it`);
}
