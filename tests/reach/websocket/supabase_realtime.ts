/**
 * `@supabase/realtime-js`: a channel is subscribed to, and its own broadcast comes back.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, Values } from "../program.ts";
import { servePhoenix } from "./phoenix_server.ts";

interface Channel {
  on(type: "broadcast", filter: { event: string }, callback: (message: unknown) => void): Channel;
  subscribe(callback: (status: string, error?: Error) => void): Channel;
  send(message: { type: "broadcast"; event: string; payload: unknown }): Promise<string>;
}
interface Realtime {
  RealtimeClient: new (url: string, options: {
    transport: unknown;
    params: { apikey: string };
  }) => {
    channel(name: string, options: unknown): Channel;
    removeAllChannels(): Promise<unknown>;
    disconnect(): void;
  };
}

await runProgram(async () => {
  const { RealtimeClient } = await loadPackage<Realtime>("@supabase/realtime-js");
  const seen: URL[] = [];
  const url = await servePhoenix({ postgres_changes: [] }, seen);
  const client = new RealtimeClient(`${url}/realtime/v1`, {
    transport: WebSocket,
    params: { apikey: "1234" },
  });
  const channel = client.channel("room", { config: { broadcast: { self: true, ack: true } } });
  const messages = new Values<unknown>();
  channel.on("broadcast", { event: "cursor" }, messages.push);
  await new Promise<void>((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === "SUBSCRIBED") resolve();
      else reject(error ?? new Error(status));
    });
  });
  const sent = await channel.send({ type: "broadcast", event: "cursor", payload: { x: 1 } });
  assert.equal(sent, "ok");
  const { event, payload } = await messages.next() as { event: string; payload: unknown };
  assert.deepEqual([event, payload], ["cursor", { x: 1 }]);
  assert.equal(seen[0]!.searchParams.get("apikey"), "1234");
  await client.removeAllChannels();
  client.disconnect();
});
