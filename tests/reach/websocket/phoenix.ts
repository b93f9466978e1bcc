/**
 * `phoenix`: a channel is joined, a push answered, a broadcast received, a lost connection joined
 * again.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, Values } from "../program.ts";
import { servePhoenix } from "./phoenix_server.ts";

interface Push {
  receive(status: "ok" | "error" | "timeout", callback: (response: unknown) => void): Push;
}
interface Channel {
  join(): Push;
  push(event: string, payload: unknown): Push;
  on(event: string, callback: (payload: unknown) => void): void;
}
interface Phoenix {
  Socket: new (url: string, options: {
    transport: unknown;
    params: Record<string, string>;
    heartbeatIntervalMs: number;
    reconnectAfterMs(): number;
    rejoinAfterMs(): number;
  }) => {
    connect(): void;
    disconnect(callback: () => void): void;
    channel(topic: string, params: unknown): Channel;
  };
}

const answered = (push: Push): Promise<unknown> =>
  new Promise((resolve, reject) => push.receive("ok", resolve).receive("timeout", reject));

await runProgram(async () => {
  const { Socket } = await loadPackage<Phoenix>("phoenix");
  const seen: URL[] = [];
  const url = await servePhoenix({ welcome: true }, seen);
  const socket = new Socket(`${url}/socket`, {
    transport: WebSocket,
    params: { token: "1234" },
    heartbeatIntervalMs: 10_000, // a heartbeat that takes longer drops the connection
    reconnectAfterMs: () => 10,
    rejoinAfterMs: () => 10,
  });
  socket.connect();
  const channel = socket.channel("room:lobby", {});
  const shouts = new Values<unknown>();
  channel.on("shout", shouts.push);
  assert.deepEqual(await answered(channel.join()), { welcome: true });
  assert.deepEqual(await answered(channel.push("echo", { a: 1 })), { a: 1 });
  channel.push("shout", { text: "hello" });
  assert.deepEqual(await shouts.next(), { text: "hello" });
  channel.push("drop", {});
  while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(await answered(channel.push("echo", { a: 2 })), { a: 2 });
  assert.equal(seen[0]!.pathname, "/socket/websocket");
  assert.equal(seen[0]!.searchParams.get("token"), "1234");
  await new Promise<void>((resolve) => socket.disconnect(resolve));
});
