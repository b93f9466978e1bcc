/**
 * As much of a Phoenix server as its clients need: channels to join, heartbeats, a broadcast that
 * comes back.
 *
 * @module
 */
import { serveHere } from "../program.ts";

/** Message of version 2.0.0 of the protocol. */
type Frame = [joinRef: string | null, ref: string, topic: string, event: string, payload: unknown];

/** Starts it. `joined` is what joining a channel is answered with; `seen` gets the URLs. */
export async function servePhoenix(joined: unknown, seen: URL[]): Promise<string> {
  return await serveHere({
    open: (_connection, request) => {
      seen.push(new URL(request.url));
    },
    async message(connection, message) {
      if (typeof message !== "string") {
        const { reply, broadcast } = readBroadcast(message);
        await connection.send(broadcast);
        return await connection.send(reply);
      }
      const [joinRef, ref, topic, event, payload] = JSON.parse(message) as Frame;
      const reply = (response: unknown) =>
        connection.send(
          JSON.stringify([joinRef, ref, topic, "phx_reply", { status: "ok", response }]),
        );
      if (event === "drop") return connection.abort();
      if (event === "broadcast" || event === "shout") {
        await connection.send(JSON.stringify([null, null, topic, event, payload]));
      }
      await reply(event === "phx_join" ? joined : event === "echo" ? payload : {});
    },
  });
}

/**
 * The broadcast of a user as Supabase writes it in binary: what comes back of it, and the reply.
 */
function readBroadcast(bytes: Uint8Array): { reply: string; broadcast: Uint8Array } {
  const [, ...sizes] = bytes.subarray(0, 6), encoding = bytes[6]!;
  let at = 7;
  const parts = sizes.map((size) => bytes.subarray(at, at += size));
  const [joinRef, ref, topic] = parts.map((part) => new TextDecoder().decode(part));
  const answer = [joinRef, ref, topic, "phx_reply", { status: "ok", response: {} }];
  const [, , topicSize, eventSize, metadataSize] = sizes;
  const head = [4, topicSize!, eventSize!, metadataSize!, encoding];
  return {
    reply: JSON.stringify(answer),
    broadcast: Uint8Array.from(
      [head, ...parts.slice(2), bytes.subarray(at)].flatMap((part) => [...part]),
    ),
  };
}
