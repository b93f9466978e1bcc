/**
 * `rsocket-websocket-client`: a request and its response, and a stream of three.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere } from "../program.ts";

interface Payload {
  readonly data: string;
  readonly metadata?: string;
}
interface Subscriber<T> {
  onSubscribe(subscription: { request(n: number): void }): void;
  onNext(value: T): void;
  onError(error: Error): void;
  onComplete(value?: T): void;
}
interface RSocket {
  requestResponse(payload: Payload): {
    then(onDone: (payload: Payload) => void, onError: (error: Error) => void): void;
  };
  requestStream(payload: Payload): { subscribe(subscriber: Subscriber<Payload>): void };
  close(): void;
}
interface Frame {
  readonly type: number;
  readonly streamId: number;
  readonly flags: number;
  readonly data?: string;
}
interface Core {
  RSocketClient: new (options: unknown) => {
    connect(): { then(onDone: (socket: RSocket) => void, onError: (error: Error) => void): void };
  };
  Utf8Encoders: unknown;
  FRAME_TYPES: Readonly<
    Record<"SETUP" | "REQUEST_RESPONSE" | "REQUEST_STREAM" | "PAYLOAD", number>
  >;
  FLAGS: Readonly<Record<"COMPLETE" | "NEXT", number>>;
  deserializeFrame(bytes: Uint8Array, encoders: unknown): Frame;
  serializeFrame(frame: unknown, encoders: unknown): Uint8Array;
}
interface Client {
  readonly default: ClientClass | { readonly default: ClientClass };
}
type ClientClass = new (
  options: { url: string; wsCreator(url: string): unknown },
  encoders: unknown,
) => unknown;

await runProgram(async () => {
  const core = await loadPackage<Core>("rsocket-core");
  const { RSocketClient, Utf8Encoders, FRAME_TYPES, FLAGS, deserializeFrame, serializeFrame } =
    core;
  const { default: found } = await loadPackage<Client>("rsocket-websocket-client");
  const RSocketWebSocketClient = "default" in found ? found.default : found;
  const { Buffer } = await import("node:buffer");
  const url = await serveHere({
    async message(connection, message) {
      const { type, streamId, data } = deserializeFrame(
        Buffer.from(message as Uint8Array),
        Utf8Encoders,
      );
      const answer = async (data: string, flags: number): Promise<void> =>
        await connection.send(
          serializeFrame({ type: FRAME_TYPES.PAYLOAD, streamId, flags, data }, Utf8Encoders),
        );
      if (type === FRAME_TYPES.REQUEST_RESPONSE) {
        await answer(`${data}!`, FLAGS.NEXT | FLAGS.COMPLETE);
      }
      if (type !== FRAME_TYPES.REQUEST_STREAM) return;
      for (const each of ["a", "b"]) await answer(each, FLAGS.NEXT);
      await answer("c", FLAGS.NEXT | FLAGS.COMPLETE);
    },
  });
  const client = new RSocketClient({
    setup: {
      keepAlive: 60_000,
      lifetime: 180_000,
      dataMimeType: "text/plain",
      metadataMimeType: "text/plain",
    },
    transport: new RSocketWebSocketClient(
      { url, wsCreator: (url) => new WebSocket(url) },
      Utf8Encoders,
    ),
  });
  const socket = await new Promise<RSocket>((resolve, reject) =>
    client.connect().then(resolve, reject)
  );
  const response = await new Promise<Payload>((resolve, reject) =>
    socket.requestResponse({ data: "hello", metadata: "" }).then(resolve, reject)
  );
  assert.equal(response.data, "hello!");
  const items: string[] = [];
  await new Promise<void>((resolve, reject) =>
    socket.requestStream({ data: "list", metadata: "" }).subscribe({
      onSubscribe: (subscription) => subscription.request(10),
      onNext: ({ data }) => items.push(data),
      onError: reject,
      onComplete: () => resolve(),
    })
  );
  assert.deepEqual(items, ["a", "b", "c"]);
  socket.close();
});
