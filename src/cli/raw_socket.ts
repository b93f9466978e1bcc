/**
 * A socket to the server that is checked, for bytes that no client would send.
 *
 * @module
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { isAddress, isSecure, readAuthority, readTarget } from "../client/target.ts";
import type { FlagOptions, FlagTls } from "./connect_options.ts";

/** The server, and what the flags say of its TLS. */
export interface CheckTarget {
  /** The URL of the requests. For a unix socket its host is `localhost`. */
  readonly url: URL;
  /** Path of a unix socket, if the server listens on one. */
  readonly path: string | undefined;
  readonly options: FlagOptions;
}

/** Reads the URL of the command line. Throws a `TypeError` if it is none. */
export function readCheckTarget(text: string, options: FlagOptions): CheckTarget {
  const { url, options: { path } } = readTarget(text, options);
  return { url, path, options };
}

/** Connects to the server, without a proxy. */
export function openSocket({ url, path, options: { tls = {}, family } }: CheckTarget): Socket {
  const { hostname, port } = readAuthority(url);
  const where = path === undefined ? { host: hostname, port, family } : { path };
  if (!isSecure(url)) return connectTcp(where);
  const name = isAddress(hostname) ? {} : { servername: hostname }; // RFC 6066 section 3
  return connectTls({ ...where, ...name, ...toNodeTls(tls) });
}

function toNodeTls(
  { ca, cert, key, dangerouslyAcceptAnyCertificate: isAnyTaken = false }: FlagTls,
) {
  return { ca, cert, key, rejectUnauthorized: !isAnyTaken };
}
