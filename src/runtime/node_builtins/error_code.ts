/**
 * The code of a system's error.
 *
 * @module
 */

/** The system's code of an error, for example `EADDRINUSE`. */
export function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
