/**
 * A session over several transports, step by step.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { settle } from "../../src/testing/virtual_clock.ts";
import { isSettled, itEnds } from "../helpers/connections.ts";
import { connect, cutAndReturn, serve } from "./sessions.ts";

describe("a session", () => {
  itEnds("a session is one connection for both sides over several transports", async () => {
    const served = serve(), { client, outcomes } = await connect(served);
    client.send("a");
    served.sessions[0]!.send("b");
    assert.equal(await client.read(), "b");
    await settle();
    await cutAndReturn(served);
    client.send("c");
    served.sessions[0]!.send(new Uint8Array([1]));
    assert.deepEqual(await client.read(), new Uint8Array([1]));
    const { code, initiator } = await client.close(4000, "bye");
    assert.deepEqual([code, initiator], [4000, "local"]);
    await settle();
    assert.deepEqual(served.log, ["open", "a", { resumed: true }, "c", "4000 clean"]);
    assert.deepEqual(outcomes, [{ resumed: true }]);
    await served.network.clock.advance(60_000);
    assert.equal(served.network.clock.pending, 0);
  });

  itEnds("sends again what was on its way, once and in order", async () => {
    const served = serve(), { network } = served;
    network.delayMs = 10;
    const opened = connect(served);
    await network.clock.advance(100);
    const { client } = await opened;
    for (const text of ["1", "2", "3"]) client.send(text);
    for (const text of ["x", "y"]) served.sessions[0]!.send(text);
    await settle();
    network.cut(); // nothing has arrived
    await settle();
    client.send("4");
    await network.clock.advance(2_000);
    assert.deepEqual(served.log, ["open", { resumed: true }, "1", "2", "3", "4"]);
    assert.deepEqual([await client.read(), await client.read()], ["x", "y"]);
    client.abort();
  });

  itEnds("holds senders back while there is no connection", async () => {
    const served = serve({ bufferBytes: 1_000_000 }), { network } = served;
    const { client } = await connect(served, { maxBufferedBytes: 1_000_000 });
    network.isUp = false;
    network.cut();
    await settle();
    const large = new Uint8Array(300_000);
    const sends = [client.send(large), served.sessions[0]!.send(large)];
    for (const sent of sends) assert.equal(await isSettled(sent), false);
    network.isUp = true;
    await network.clock.advance(2_000);
    await Promise.all(sends);
    await client.close();
  });

  itEnds("does not wait for acknowledgements behind what is not read yet", async () => {
    const served = serve(), { network } = served, { client } = await connect(served);
    served.sessions[0]!.send(new Uint8Array(300_000)); // fills what the client holds
    await settle();
    let sent = 0;
    for (; sent < 6; sent++) {
      assert.ok(await isSettled(client.send(new Uint8Array(300_000))), `${sent}`);
    }
    await network.clock.advance(1_000);
    assert.equal(served.log.length, 1 + sent);
    assert.equal((await client.readBinary())?.length, 300_000);
    await client.close();
  });

  itEnds(
    "goes on reading for acknowledgements, up to its limit, when it may keep no more",
    async () => {
      const served = serve(), { client } = await connect(served, { maxBufferedBytes: 3_000_000 });
      for (let count = 0; count < 4; count++) served.sessions[0]!.send(new Uint8Array(300_000));
      for (let count = 0; count < 6; count++) await client.send(new Uint8Array(300_000));
      assert.equal(client.readyState, 1);
      await client.close();
    },
  );

  itEnds("carries texts that begin as the subprotocol's own do", async () => {
    const served = serve(), { client } = await connect(served);
    client.send("\0A7");
    served.sessions[0]!.send("\0W{}");
    assert.equal(await client.read(), "\0W{}");
    assert.deepEqual(served.log, ["open", "\0A7"]);
    await client.close();
  });

  itEnds("has a subprotocol of its own inside", async () => {
    const { client } = await connect(serve(), { protocols: () => ["other", "chat"] });
    assert.equal(client.protocol, "chat");
    await client.close();
    const plain = await connect(serve());
    assert.equal(plain.client.protocol, "");
    await plain.client.close();
  });
});
