/**
 * Describes failures to listen in the same words on each runtime.
 *
 * @module
 */
import { WebSocketError } from "../errors.ts";
import { showHost } from "../show_host.ts";
import type { ListenOptions } from "../transport/runtime.ts";

type Words = Readonly<Record<string, string>>;

/** Descriptions of system errors for a TCP port. */
const OF_PORTS: Words = {
  EADDRINUSE: "the address is in use",
  EADDRNOTAVAIL: "this machine does not have the address",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name cannot be resolved just now",
  EAFNOSUPPORT: "this machine has no addresses of that kind",
  EINVAL: "this machine cannot bind the address",
};

/** Descriptions of system errors for the path of a unix socket. */
const OF_PATHS: Words = {
  EADDRINUSE: "the path is in use",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EROFS: "its file system is read-only",
  ENAMETOOLONG: "the path is too long for a socket",
  EINVAL: "the path is too long for a socket, or malformed",
};

/** Codes of Node for a name that cannot be resolved. */
const NOT_FOUND = /^EAI_(?:NONAME|NODATA)$/;
/** The messages of Deno and Bun for a host without an address. These errors have no code. */
const NO_HOST = /^failed to lookup address|^Failed to listen at /;
/** Matches codes of the system, and no codes of a runtime or of OpenSSL. */
const SYSTEM_CODE = /^E(?!RR_)[A-Z0-9_]+$/;

/**
 * Makes the error `ERR_LISTEN` for an error of the runtime. Errors that do not concern the address
 * are returned unchanged.
 */
export function toListenError(error: unknown, options: ListenOptions): unknown {
  const { hostname = "127.0.0.1", port = 0, path } = options;
  if (!(error instanceof Error) || error instanceof WebSocketError) return error;
  const code = readCode(error);
  // Deno's own error, whose message names the missing permission.
  const isForbidden = error.name === "NotCapable";
  if (code === null && !isForbidden) return error;
  const where = path ?? `${showHost(hostname)}${port === 0 ? "" : `:${port}`}`;
  const known = code === null ? undefined : (path === undefined ? OF_PORTS : OF_PATHS)[code];
  const why = code === null ? error.message : `${known ?? error.message} (${code})`;
  return new WebSocketError("ERR_LISTEN", `cannot listen on ${where}: ${why}`, { cause: error });
}

function readCode(error: Error): string | null {
  const code = "code" in error ? error.code : undefined;
  if (typeof code !== "string") return NO_HOST.test(error.message) ? "ENOTFOUND" : null;
  if (NOT_FOUND.test(code)) return "ENOTFOUND";
  return SYSTEM_CODE.test(code) ? code : null;
}
