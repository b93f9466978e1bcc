/**
 * Resolves a host to its addresses, if the program has the permission to connect to addresses.
 *
 * @module
 */
import type { LookupTarget } from "../../transport/runtime.ts";
import { WebSocketError } from "../../errors.ts";

/**
 * See `Runtime.lookup`. Deno has to resolve the name itself in two cases: with a client
 * certificate, and if the program has the permission for a name (`--allow-net=example.com`), which
 * does not cover the addresses of that name.
 */
export async function lookup({ hostname, port, tls }: LookupTarget): Promise<readonly string[]> {
  if (tls?.cert !== undefined) throw byName();
  // `node:dns` is used, because `Deno.resolveDns` does not read /etc/hosts. It is loaded late,
  // because connecting to an address does not need it.
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
