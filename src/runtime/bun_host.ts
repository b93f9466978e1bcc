/**
 * What `serve` and `connect` stand on in Bun.
 *
 * @module
 */
import type { ClientHost } from "../client/client.ts";
import { makePlatform } from "../connection/platform.ts";
import { bunRuntime } from "./bun.ts";

/** Bun's sockets, with one output buffer for the process. */
export const bunHost: ClientHost = { runtime: bunRuntime, platform: makePlatform() };
