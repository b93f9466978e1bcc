/**
 * Addresses of a host, where the program may connect to addresses.
 *
 * @module
 */
import type { LookupTarget } from "../../transport/runtime.ts";
import { WebSocketError } from "../../errors.ts";

/**
 * See `Runtime.lookup`. A program that may connect to a name only (`--allow-net=example.com`) may not
 * connect to its addresses: then, and for a client certificate, Deno itself has to look the name up.
 */
export async function lookup({ hostname, port, tls }: LookupTarget): Promise<readonly string[]> {
  if (tls?.cert !== undefined) throw byName();
  // Loaded late: `Deno.resolveDns` does not read /etc/hosts, and who connects to an address needs none of it.
  const { lookup } = await import("../node_builtins/lookup.ts");
  const addresses = await lookup({ hostname }).catch((error) => {
    throw error?.code === "EPERM" ? byName() : error;
  });
  for (const address of addresses) {
    const host = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
    if (Deno.permissions.querySync({ name: "net", host }).state !== "granted") throw byName();
  }
  return addresses;
}

const byName = (): WebSocketError =>
  new WebSocketError("ERR_NOT_SUPPORTED", "Deno has to look this name up itself");
