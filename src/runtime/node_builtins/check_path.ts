/**
 * The length of a unix socket's path. Node 22 cuts a path that is too long, and then uses a path
 * that the caller did not name. Node 24 refuses such a path.
 *
 * @module
 */
import process from "node:process";

/** Most bytes of a socket's path, without the zero at its end. */
const MAX_PATH_BYTES = process.platform === "linux" ? 107 : 103;

/** Throws the system's error if a path is too long for the call. */
export function checkPath(call: "bind" | "connect", path: string): void {
  if (process.platform === "win32") return;
  if (new TextEncoder().encode(path).length <= MAX_PATH_BYTES) return;
  throw Object.assign(new Error(`${call} EINVAL`), { code: "EINVAL" });
}
