/**
 * Removes sockets that dead processes have left on a path, so that the next process can listen
 * there.
 *
 * @module
 */
import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { dirname } from "node:path";
import { errorCode } from "./error_code.ts";

/**
 * Removes a unix socket without a listener. Returns whether the path is free now. It is not free if
 * a process listens there, or if the file is no socket.
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

/** Whether the socket has no listener: connecting is refused. */
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

/**
 * Returns the system's real error for EACCES. Node reports EACCES instead of ENOENT when it binds
 * the path of a socket (libuv, `uv_pipe_bind2`).
 */
export async function unmask(error: unknown, path: string): Promise<unknown> {
  try {
    await lstat(dirname(path));
    return error;
  } catch (fault) {
    if (errorCode(fault) !== "ENOENT") return error;
    const message = `listen ENOENT: no such file or directory ${path}`;
    return Object.assign(new Error(message, { cause: error }), { code: "ENOENT" });
  }
}
