/**
 * Decides whether refused handshakes may be printed.
 *
 * @module
 */

// Any of these may be missing, because each adapter can be loaded on every runtime.
declare const Deno: DenoPermissions | undefined;
declare const process: { readonly env: Readonly<Record<string, string | undefined>> } | undefined;

/** The part of `Deno` that is used. */
interface DenoPermissions {
  readonly permissions: {
    querySync(asked: { name: "env"; variable: string }): { readonly state: string };
  };
}

/**
 * Whether `NODE_ENV` is not `production`. On Deno the variable is read only if the program has the
 * permission, so that Deno does not prompt for it.
 */
export function isDevelopment(): boolean {
  if (typeof Deno !== "undefined") {
    const { state } = Deno.permissions.querySync({ name: "env", variable: "NODE_ENV" });
    if (state !== "granted") return true;
  }
  return typeof process === "undefined" || process.env.NODE_ENV !== "production";
}
