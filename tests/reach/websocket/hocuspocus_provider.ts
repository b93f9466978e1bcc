/**
 * `@hocuspocus/provider`: it authenticates, two documents come to agree through one of the server.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { SendingConnection } from "../../../src/public.ts";
import { WebSocket } from "../../../src/websocket/mod.ts";
import { loadPackage } from "../load_package.ts";
import { runProgram, serveHere } from "../program.ts";

interface Doc {
  getText(name: string): { insert(at: number, text: string): void; toString(): string };
  on(event: "update", listener: (update: Uint8Array) => void): void;
}
interface Yjs {
  Doc: new () => Doc;
}
type Decoder = { readonly brand: "decoder" };
type Encoder = { readonly brand: "encoder" };
interface Decoding {
  createDecoder(bytes: Uint8Array): Decoder;
  readVarString(decoder: Decoder): string;
  readVarUint(decoder: Decoder): number;
}
interface Encoding {
  createEncoder(): Encoder;
  writeVarString(encoder: Encoder, text: string): void;
  writeVarUint(encoder: Encoder, value: number): void;
  length(encoder: Encoder): number;
  toUint8Array(encoder: Encoder): Uint8Array;
}
interface Sync {
  readSyncMessage(decoder: Decoder, encoder: Encoder, doc: Doc, origin: unknown): number;
  writeSyncStep1(encoder: Encoder, doc: Doc): void;
  writeUpdate(encoder: Encoder, update: Uint8Array): void;
}
interface Hocuspocus {
  HocuspocusProviderWebsocket: new (options: { url: string; WebSocketPolyfill: unknown }) => {
    destroy(): void;
  };
  HocuspocusProvider: new (options: {
    websocketProvider: unknown;
    name: string;
    document: Doc;
    token: string;
    onSynced(): void;
    onAuthenticationFailed(reason: unknown): void;
  }) => { attach(): void; destroy(): void; readonly hasUnsyncedChanges: boolean };
}

const SYNC = 0, AUTH = 2, SYNC_STATUS = 8;

await runProgram(async () => {
  const { Doc } = await loadPackage<Yjs>("yjs");
  const decoding = await loadPackage<Decoding>("lib0/decoding");
  const encoding = await loadPackage<Encoding>("lib0/encoding");
  const sync = await loadPackage<Sync>("y-protocols/sync");
  const { HocuspocusProvider, HocuspocusProviderWebsocket } = await loadPackage<Hocuspocus>(
    "@hocuspocus/provider",
  );

  const shared = new Doc(), tokens: string[] = [];
  const connections = new Set<SendingConnection>();
  const write = (type: number, body: (encoder: Encoder) => void): Uint8Array => {
    const encoder = encoding.createEncoder();
    encoding.writeVarString(encoder, "notes");
    encoding.writeVarUint(encoder, type);
    body(encoder);
    return encoding.toUint8Array(encoder);
  };
  shared.on("update", (update) => {
    const message = write(SYNC, (encoder) => sync.writeUpdate(encoder, update));
    for (const connection of connections) void connection.send(message);
  });
  const url = await serveHere({
    async message(connection, message) {
      const decoder = decoding.createDecoder(message as Uint8Array);
      assert.equal(decoding.readVarString(decoder), "notes");
      const type = decoding.readVarUint(decoder);
      if (type === AUTH) {
        decoding.readVarUint(decoder);
        tokens.push(decoding.readVarString(decoder));
        connections.add(connection);
        await connection.send(write(AUTH, (encoder) => {
          encoding.writeVarUint(encoder, 2); // authenticated
          encoding.writeVarString(encoder, "read-write");
        }));
        await connection.send(write(SYNC, (encoder) => sync.writeSyncStep1(encoder, shared)));
      } else if (type === SYNC) {
        let empty = 0;
        const answer = write(SYNC, (encoder) => {
          empty = encoding.length(encoder);
          sync.readSyncMessage(decoder, encoder, shared, connection);
        });
        if (answer.length > empty) await connection.send(answer);
        await connection.send(write(SYNC_STATUS, (encoder) => encoding.writeVarUint(encoder, 1)));
      }
    },
    close: (connection) => {
      connections.delete(connection);
    },
  });

  const open = async (document: Doc): Promise<{ destroy(): void }[]> => {
    const websocketProvider = new HocuspocusProviderWebsocket({
      url,
      WebSocketPolyfill: WebSocket,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const provider = new HocuspocusProvider({
      websocketProvider,
      name: "notes",
      document,
      token: "1234",
      onSynced: resolve,
      onAuthenticationFailed: reject,
    });
    provider.attach();
    await promise;
    return [provider, websocketProvider];
  };
  const one = new Doc(), two = new Doc();
  const first = await open(one);
  one.getText("a").insert(0, "hello");
  while (shared.getText("a").toString() === "") {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const second = await open(two);
  assert.equal(two.getText("a").toString(), "hello");
  const updated = new Promise<unknown>((resolve) => one.on("update", resolve));
  two.getText("a").insert(5, " again");
  await updated;
  assert.equal(one.getText("a").toString(), "hello again");
  assert.deepEqual(tokens, ["1234", "1234"]);
  for (const part of [...first, ...second]) part.destroy();
});
