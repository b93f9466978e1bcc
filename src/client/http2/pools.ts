/**
 * Which connections may share a session: those to one place, over one way.
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

/** A name for a place and the way there, the same for targets whose connections may share a session. */
export function nameOfPlace({ url, options }: Target): string {
  const { hostname, port } = readAuthority(url);
  const { path, proxy, address, localAddress, family, lookup, tls } = options;
  const secure = isSecure(url) ? toDialTls(hostname, tls) : null;
  const way = [path, proxy, address, localAddress, family, numberOf(lookup)];
  return JSON.stringify([hostname, port, secure, way]);
}

/** Functions that look names up are told apart by a number. */
function numberOf(lookup: object | undefined): number {
  if (lookup === undefined) return 0;
  const number = lookupNumbers.get(lookup) ?? ++lookups;
  lookupNumbers.set(lookup, number);
  return number;
}
