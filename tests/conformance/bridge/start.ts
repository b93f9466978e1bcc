/**
 * What stands between the cases, which speak HTTP/1.1, and a target of HTTP/2.
 *
 * @module
 */
import { onRuntime } from "../../../scripts/lib/on_runtime.ts";
import { startServer, withArguments } from "../../../scripts/lib/process.ts";
import { startHaproxy } from "../../helpers/haproxy.ts";

/** A program of ours that translates the opening handshake and copies bytes, or HAProxy. */
export type BridgeKind = "bridge" | "haproxy";

/** One that runs. */
export interface Bridge {
  /** Where the cases, or the client under test, connect instead. */
  readonly url: string;
  stop(): Promise<unknown>;
}

const portOf = (url: string): string => new URL(url.replace(/^ws/, "http")).port;

/** Starts one in front of a server. */
export async function startBridge(kind: BridgeKind, serverUrl: string): Promise<Bridge> {
  const port = portOf(serverUrl);
  return kind === "haproxy" ? await startBehindHaproxy(port) : await startOurs("server", port);
}

async function startOurs(...words: readonly string[]): Promise<Bridge> {
  const program = await onRuntime("node24", "tests/conformance/bridge/main.ts");
  return await startServer(withArguments(program, ...words));
}

async function startBehindHaproxy(to: string): Promise<Bridge> {
  const daemon = await startHaproxy({ to, mode: "http", server: "proto h2" });
  return {
    url: `ws://127.0.0.1:${daemon.port}`,
    stop: async () => await daemon[Symbol.asyncDispose](),
  };
}

/** Starts one in front of the cases' own servers, for a client under test. */
export async function startClientBridge(): Promise<Bridge & { via(serverUrl: string): string }> {
  const bridge = await startOurs("client");
  return { ...bridge, via: (serverUrl) => `${bridge.url}/${portOf(serverUrl)}` };
}
