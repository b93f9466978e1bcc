/**
 * Finds the hooks of a request in the answer of a framework.
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

/**
 * The property in which frameworks leave hooks on a request, because middleware may replace the
 * response.
 */
const ON_REQUEST = Symbol.for("crossws.hooks");

/**
 * Finds the hooks of a request. The result may be a `Response` or `null` (400) to refuse it, or
 * `undefined` if the request is for other libraries.
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
