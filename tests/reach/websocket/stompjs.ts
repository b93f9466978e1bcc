/**
 * `@stomp/stompjs`: a subscription, a message to it with a receipt, heartbeats, and the end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere, Values } from "../program.ts";

interface Stomp {
  Client: new (options: {
    webSocketFactory(): unknown;
    heartbeatIncoming: number;
    heartbeatOutgoing: number;
    reconnectDelay: number;
    onConnect(frame: { headers: Record<string, string> }): void;
    onStompError(frame: { headers: Record<string, string> }): void;
  }) => {
    activate(): void;
    deactivate(): Promise<void>;
    subscribe(destination: string, callback: (message: { body: string }) => void): void;
    publish(message: { destination: string; body: string; headers: unknown }): void;
    watchForReceipt(id: string, callback: () => void): void;
  };
}

/** A frame's command, headers and body. */
function parseFrame(text: string): { command: string; headers: Map<string, string>; body: string } {
  const [head = "", ...body] = text.split("\n\n");
  const [command = "", ...lines] = head.split("\n");
  const headers = new Map(lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at), line.slice(at + 1)];
  }));
  return { command, headers, body: body.join("\n\n").split("\0")[0]! };
}

await runProgram(async () => {
  const { Client } = await loadPackage<Stomp>("@stomp/stompjs");
  const commands: string[] = [];
  let subscription = "", heartbeats = 0;
  const url = await serveHere({
    protocol: "v12.stomp",
    async message(connection, message) {
      if (message === "\n") {
        heartbeats++;
        return await connection.send("\n");
      }
      const { command, headers, body } = parseFrame(String(message));
      commands.push(command);
      const send = (frame: string) => connection.send(`${frame}\0`);
      if (command === "CONNECT") await send("CONNECTED\nversion:1.2\nheart-beat:50,50\n\n");
      if (command === "SUBSCRIBE") subscription = headers.get("id")!;
      if (command === "SEND") {
        const destination = headers.get("destination");
        await send(
          `MESSAGE\nsubscription:${subscription}\nmessage-id:1\ndestination:${destination}\n\n${body}`,
        );
      }
      const receipt = headers.get("receipt");
      if (receipt !== undefined) await send(`RECEIPT\nreceipt-id:${receipt}\n\n`);
    },
  });
  const { promise: connected, resolve, reject } = Promise.withResolvers<unknown>();
  const client = new Client({
    webSocketFactory: () => new WebSocket(url, ["v12.stomp", "v11.stomp"]),
    heartbeatIncoming: 5_000,
    heartbeatOutgoing: 50,
    reconnectDelay: 0,
    onConnect: resolve,
    onStompError: reject,
  });
  client.activate();
  await connected;
  const bodies = new Values<string>();
  client.subscribe("/topic/a", ({ body }) => bodies.push(body));
  const received = new Promise<void>((resolve) => client.watchForReceipt("r1", resolve));
  client.publish({ destination: "/topic/a", body: "hällo", headers: { receipt: "r1" } });
  assert.equal(await bodies.next(), "hällo");
  await received;
  while (heartbeats === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await client.deactivate();
  assert.deepEqual(commands, ["CONNECT", "SUBSCRIBE", "SEND", "DISCONNECT"]);
});
