/**
 * The server of Hocuspocus with the hooks of its documentation, and its own provider.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loadPackage } from "../load_package.ts";
import { runProgram } from "../program.ts";
import { serveHooks } from "./serve_hooks.ts";

interface Text {
  insert(at: number, text: string): void;
  toString(): string;
}
interface Doc {
  getText(name: string): Text;
  on(name: "update", listener: () => void): void;
}
interface ClientConnection {
  handleMessage(data: Uint8Array): void;
  handleClose(details: object): void;
}
interface Server {
  Hocuspocus: new (options: object) => {
    handleConnection(socket: unknown, request: Request): ClientConnection;
    getConnectionsCount(): number;
    getDocumentsCount(): number;
  };
}
interface Provider {
  destroy(): void;
}
interface Client {
  HocuspocusProvider: new (options: object) => Provider;
}
interface HookPeer {
  readonly websocket: unknown;
  readonly request: Request;
}

await runProgram(async () => {
  const { Hocuspocus } = await loadPackage<Server>("@hocuspocus/server");
  const { HocuspocusProvider } = await loadPackage<Client>("@hocuspocus/provider");
  const { Doc } = await loadPackage<{ Doc: new () => Doc }>("yjs");
  const hocuspocus = new Hocuspocus({
    quiet: true,
    debounce: 0,
    onAuthenticate({ token }: { token: string }) {
      if (token !== "secret") throw new Error("who are you?");
      return Promise.resolve();
    },
  });
  const clients = new WeakMap<HookPeer, ClientConnection>();
  const place = await serveHooks({
    open(peer: HookPeer) {
      clients.set(peer, hocuspocus.handleConnection(peer.websocket, peer.request));
    },
    message(peer: HookPeer, message: { uint8Array(): Uint8Array }) {
      clients.get(peer)?.handleMessage(message.uint8Array());
    },
    close(peer: HookPeer, event: object) {
      clients.get(peer)?.handleClose(event);
    },
  });

  const join = (doc: Doc, token: string): Promise<{ provider: Provider; failed: boolean }> =>
    new Promise((resolve) => {
      const provider: Provider = new HocuspocusProvider({
        url: `ws://${place}`,
        name: "room",
        document: doc,
        token,
        onSynced: () => resolve({ provider, failed: false }),
        onAuthenticationFailed: () => resolve({ provider, failed: true }),
      });
    });
  const until = (doc: Doc, text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (doc.getText("t").toString() === text) resolve();
      };
      doc.on("update", look);
      look();
    });

  const a = new Doc(), b = new Doc(), stranger = new Doc();
  const first = await join(a, "secret"), second = await join(b, "secret");
  a.getText("t").insert(0, "hello");
  await until(b, "hello");
  b.getText("t").insert(5, " world");
  await until(a, "hello world");
  const refused = await join(stranger, "guess");
  assert.deepEqual([first.failed, second.failed, refused.failed], [false, false, true]);
  assert.equal(stranger.getText("t").toString(), "");
  for (const { provider } of [first, second, refused]) provider.destroy();
  while (hocuspocus.getDocumentsCount() > 0) await new Promise((wait) => setTimeout(wait, 5));
});
