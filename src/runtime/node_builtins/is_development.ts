/**
 * Whether refused handshakes may be printed.
 *
 * @module
 */

// Each adapter is loaded on every runtime, so none of these is sure to be there.
declare const Deno: DenoPermissions | undefined;
declare const process: { readonly env: Readonly<Record<string, string | undefined>> } | undefined;

/** The part of `Deno` that is used. */
interface DenoPermissions {
  readonly permissions: {
    querySync(asked: { name: "env"; variable: string }): { readonly state: string };
  };
}

/**
 * Whether `NODE_ENV` is not `production`. On Deno the variable is read only where that is permitted,
 * so that no permission is asked for.
 */
export function isDevelopment(): boolean {
  if (typeof Deno !== "undefined") {
    const { state } = Deno.permissions.querySync({ name: "env", variable: "NODE_ENV" });
    if (state !== "granted") return true;
  }
  return typeof process === "undefined" || process.env.NODE_ENV !== "production";
}
