/**
 * Limits the pending TLS handshakes of a server of `node:tls` or `node:https`. Node itself does not
 * count them, and after `handshakeTimeout` it keeps the file descriptor until the peer leaves.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { Server } from "node:tls";
import { LONGEST_MS } from "../../clock.ts";
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from "../../defaults.ts";
import type { HandshakeLimits } from "../../transport/runtime.ts";

const DEFAULT_MOST = 1_024;

/** Milliseconds of one handshake, limited to the longest timer of Node. */
export function handshakeTimeoutOf({ handshakeTimeoutMs }: HandshakeLimits): number {
  return Math.min(handshakeTimeoutMs ?? DEFAULT_HANDSHAKE_TIMEOUT_MS, LONGEST_MS);
}

/**
 * Drops the oldest handshake when more than `maxPendingUpgrades` are under way, and each that fails
 * or is late.
 */
export function limitHandshakes(
  server: Server,
  { maxPendingUpgrades: most = DEFAULT_MOST }: HandshakeLimits,
): void {
  const underWay = new Map<string, Socket>();
  server.on("connection", (socket: Socket) => {
    const name = nameOf(socket);
    if (name === null) return;
    underWay.set(name, socket);
    socket.once("close", () => underWay.get(name) === socket && underWay.delete(name));
    if (underWay.size <= most) return;
    const [oldest] = underWay.values();
    oldest?.destroy();
  });
  server.on("secureConnection", (socket) => {
    const name = nameOf(socket);
    if (name !== null) underWay.delete(name);
  });
  server.on("tlsClientError", (_error, socket) => void socket.destroy());
}

/** A name that a TLS socket and the socket under it have in common; `null` on a unix path. */
function nameOf({ remoteAddress, remotePort }: Socket): string | null {
  return remotePort === undefined ? null : `${remoteAddress} ${remotePort}`;
}
