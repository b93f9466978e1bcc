/**
 * Listening on the path of a unix socket. It has a file of its own without `node:` imports, so that
 * a server on a port does not load `node:net` for it.
 *
 * @module
 */
import { errorCode } from "./error_code.ts";

/**
 * Calls `listen`. If a process that died left its socket on the path, removes that socket and calls
 * `listen` once more.
 */
export async function listenOnPath<T>(path: string, listen: () => T | Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const code = errorCode(error);
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const { freeStalePath, unmask } = await import("./unix_path.ts");
    if (code === "EACCES") throw await unmask(error, path);
    if (!(await freeStalePath(path))) throw error;
    return await listen();
  }
}
