/**
 * Converts Deno's addresses.
 *
 * @module
 */
import type { Address } from "../../message.ts";

/** `Deno.Addr`, written out so that the package's declarations need no types of Deno. */
export interface DenoAddress {
  readonly transport: string;
  readonly hostname?: string;
  readonly port?: number;
  readonly path?: string;
}

/**
 * The address of a TCP or unix socket; `null` for any other, and for the unnamed end of a unix
 * socket.
 */
export function toAddress({ transport, hostname, port, path }: DenoAddress): Address | null {
  if (transport === "tcp" && hostname !== undefined && port !== undefined) {
    return { transport, hostname, port };
  }
  return transport === "unix" && path ? { transport, path } : null;
}
