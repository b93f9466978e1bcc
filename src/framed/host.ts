/**
 * A runtime with its platform. Entry points are made from it. Three words are kept apart: the
 * *runtime* has the sockets; the *platform* has the clock, randomness, zlib and the output buffer;
 * the *context* is the platform with the limits and callbacks of one server or client call.
 *
 * @module
 */
import type { Platform } from "./platform.ts";
import type { Runtime } from "../transport/runtime.ts";

/** A runtime with its platform. `R` is the part of the runtime that an entry point needs. */
export interface Host<R = Runtime> {
  readonly runtime: R;
  readonly platform: Platform;
}
