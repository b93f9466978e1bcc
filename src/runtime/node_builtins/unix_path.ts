/**
 * Paths of unix sockets: what a process that died left behind must not keep the next one
 * from listening.
 *
 * @module
 */
import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";

/**
 * Removes a unix socket that nobody listens on any more. Returns whether the path is free
 * now: not when somebody answers there, nor when something else than a socket is there.
 */
export async function freeStalePath(path: string): Promise<boolean> {
  try {
    if (!(await lstat(path)).isSocket() || !(await isRefused(path))) return false;
    await unlink(path);
    return true;
  } catch (error) {
    return errorCode(error) === "ENOENT";
  }
}

/** Whether connecting finds a socket without a listener. */
function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error) => resolve(errorCode(error) === "ECONNREFUSED"));
  });
}

/** The system's name of an error, for example `EADDRINUSE`. */
export function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
