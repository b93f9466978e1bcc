/**
 * Finds hooks that would never be called.
 *
 * @module
 */
import { suggest } from "../connection/suggest.ts";

/** The names of all hooks. */
const HOOKS = ["upgrade", "open", "message", "close", "error", "drain", "ping", "pong"] as const;

/** What crossws's adapters take beside hooks, and what stands for it here. */
const OF_ADAPTERS: Readonly<Record<string, string>> = {
  hooks: "fromHooks takes the hooks themselves",
  resolve: "fromHooks takes the function in place of the hooks",
};

/**
 * Checks the first argument of `fromHooks`.
 *
 * @throws {TypeError} if it is neither an object nor a function, or if a name in it is nearly that of
 *   a hook it does not have.
 */
export function checkHooks(source: unknown): void {
  if (typeof source === "function") return;
  if (typeof source !== "object" || source === null) {
    throw new TypeError(`fromHooks: must be hooks or a function, not ${typeof source}`);
  }
  for (const name of Object.keys(source)) {
    const instead = OF_ADAPTERS[name];
    if (instead !== undefined) {
      throw new TypeError(`fromHooks: there is no hook ${name}; ${instead}`);
    }
    if (HOOKS.some((hook) => hook === name)) continue;
    const missing = HOOKS.filter((hook) => !(hook in source));
    const hint = suggest(name.replace(/^on_?/i, ""), missing);
    if (hint !== "") throw new TypeError(`fromHooks: there is no hook ${name}${hint}`);
  }
}
