/**
 * Decides which connections may share a session: those to one server with the same options.
 *
 * @module
 */
import type { Clock } from "../../clock.ts";
import { isSecure, readAuthority, type Target, toDialTls } from "../target.ts";
import { SessionPool } from "./session_pool.ts";

const pools = new WeakMap<object, SessionPool>();

/** The pool of a runtime. */
export function poolOf(runtime: object, clock: Clock): SessionPool {
  const known = pools.get(runtime) ?? new SessionPool(clock);
  pools.set(runtime, known);
  return known;
}

let lookups = 0;
const lookupNumbers = new WeakMap<object, number>();

/**
 * Makes a key of the server and the options. It is equal for targets whose connections may share a
 * session.
 */
export function nameOfPlace({ url, options }: Target): string {
  const { hostname, port } = readAuthority(url);
  const { path, proxy, address, localAddress, family, lookup, tls } = options;
  const secure = isSecure(url) ? toDialTls(hostname, tls) : null;
  const way = [path, proxy, address, localAddress, family, numberOf(lookup)];
  return JSON.stringify([hostname, port, secure, way]);
}

/** Returns a number that identifies a `lookup` function. */
function numberOf(lookup: object | undefined): number {
  if (lookup === undefined) return 0;
  const number = lookupNumbers.get(lookup) ?? ++lookups;
  lookupNumbers.set(lookup, number);
  return number;
}
