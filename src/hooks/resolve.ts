/**
 * Finds the hooks of a request, in what a framework answers it with.
 *
 * @module
 */
import type { ForeignHooks, Hooks } from "./hooks.ts";
import type { HookRequest } from "./request.ts";
import { isResponse } from "../response.ts";

/**
 * The answer of a resolver: hooks, a response that carries hooks (as h3 and Nitro answer a
 * WebSocket route), a response that refuses the request, or nothing.
 */
export type ResolvedHooks = Hooks | ForeignHooks | Response | null | undefined;

/** Where frameworks leave hooks on a request whose response is made anew by others. */
const ON_REQUEST = Symbol.for("crossws.hooks");

/**
 * The hooks of a request. A `Response` refuses it, `null` does so with 400, and `undefined` says
 * that the request is for others.
 */
export function findHooks(
  found: ResolvedHooks,
  request: HookRequest,
): Hooks | Response | null | undefined {
  if (found === null || found === undefined) return hooksOn(request) ?? found;
  if (!isResponse(found)) return carried(found) ?? found as Hooks;
  const hooks = carried(found) ?? hooksOn(request);
  if (hooks !== null) {
    found.body?.cancel().catch(() => {});
    return hooks;
  }
  return found.ok ? undefined : found;
}

function carried(value: object): Hooks | null {
  return "crossws" in value && isHooks(value.crossws) ? value.crossws : null;
}

function hooksOn(request: object): Hooks | null {
  const hooks: unknown = Reflect.get(request, ON_REQUEST);
  return isHooks(hooks) ? hooks : null;
}

function isHooks(value: unknown): value is Hooks {
  return typeof value === "object" && value !== null;
}
