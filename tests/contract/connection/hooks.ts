/**
 * Hooks of crossws over an adapter, where it is also routed by path.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { routes } from "../../../mod.ts";
import { fromHooks } from "../../../src/hooks/mod.ts";
import { rejectsWith } from "../../helpers/connections.ts";
import { type Adapter, Log, patience, withServer } from "./host.ts";

/** Declares the tests. */
export function testHooks(adapter: Adapter): void {
  // An adapter that opens no handshakes itself has no `upgrade` to ask.
  if (!adapter.features.refusals) return;
  describe("hooks of crossws", () => {
    it("open, are fed, publish and close with true codes", patience, () => {
      const ends = new Log<unknown>();
      const chat = fromHooks({
        upgrade(request) {
          const user = request.headers.get("x-user");
          if (user === null) return new Response("who are you?", { status: 401 });
          return { protocol: "chat", headers: { "x-welcome": user }, context: { user } };
        },
        open(peer) {
          peer.subscribe("chat");
          peer.send({ joined: peer.context.user });
        },
        message(peer, message) {
          if (message.text() === "bye") return peer.close(4001, "as you wish");
          peer.publish("chat", `${peer.context.user}: ${message}`, { self: true });
        },
        close: (peer, details) => ends.add({ user: peer.context.user, ...details }),
      });
      return withServer(adapter, routes({ "/chat": chat }), async ({ connect }) => {
        const refused = await rejectsWith(connect("/chat"), "ERR_HANDSHAKE_STATUS");
        assert.equal(refused.status, 401);
        const join = (user: string) =>
          connect("/chat", { protocols: ["other", "chat"], headers: { "x-user": user } });
        const a = await join("a"), b = await join("b");
        assert.equal(a.protocol, "chat");
        assert.deepEqual([await a.readText(), await b.readText()], [
          '{"joined":"a"}',
          '{"joined":"b"}',
        ]);
        await a.send("hello");
        for (const connection of [a, b]) assert.equal(await connection.readText(), "a: hello");
        await a.close(4000, "enough");
        await ends.until(1); // which is told on another socket than the next
        await b.send("bye");
        const { code, reason } = await b.closed;
        assert.deepEqual([code, reason], [4001, "as you wish"]);
        assert.deepEqual(await ends.until(2), [
          { user: "a", code: 4000, reason: "enough" },
          { user: "b", code: 4001, reason: "as you wish" },
        ]);
      });
    });
  });
}
