/**
 * The Web Streams of a connection.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Message } from "../../src/message.ts";
import {
  causeCode,
  isSettled,
  itEnds,
  itSplit,
  openPair,
  rejectsWith,
} from "../helpers/connections.ts";
import { filler } from "../helpers/bits.ts";
import { openToServer } from "../helpers/raw_peer.ts";

describe("readable and writable", () => {
  itSplit("are pipes, with the end of one the end of the other", async (split) => {
    const first = await openPair({ split }), second = await openPair({ split });
    const piped = first.server.readable.pipeTo(second.server.writable);
    const messages: Message[] = ["one", filler(300), "", "two"];
    for (const message of messages) first.client.send(message);
    for (const message of messages) assert.deepEqual(await second.client.read(), message);
    await first.client.close(4000);
    await piped;
    assert.equal((await second.client.closed).code, 1000);
  });

  itEnds("are made once", async () => {
    const { client } = await openPair();
    assert.equal(client.readable, client.readable);
    assert.equal(client.writable, client.writable);
  });
});

describe("readable", () => {
  itEnds("reads nothing ahead", async () => {
    const { client, server } = await openPair();
    const { readable } = server;
    client.send("one");
    client.send("two");
    assert.equal(await server.read(), "one"); // nobody has asked the stream
    const reader = readable.getReader();
    assert.deepEqual(await reader.read(), { done: false, value: "two" });
  });

  itEnds("errors with the cause when the connection is cut", async () => {
    const { client, server } = await openPair();
    const reader = server.readable.getReader();
    client.send("last");
    const first = await reader.read(), second = reader.read();
    client.abort();
    assert.equal(first.value, "last");
    await rejectsWith(second, "ERR_TRANSPORT");
  });

  itEnds("cancelled closes with 1000", async () => {
    const { client, server } = await openPair();
    await server.readable.cancel();
    assert.equal((await client.closed).code, 1000);
  });

  itEnds("readable of a fed handler is refused", async () => {
    const { connection } = await openToServer({ message() {} });
    await rejectsWith(connection.readable.getReader().read(), "ERR_READ_CONFLICT");
  });
});

describe("writable", () => {
  itEnds("writable is ready when there is room", async () => {
    const { client, server, transports } = await openPair();
    transports.client.pause();
    const writer = server.writable.getWriter();
    let count = 0;
    for (let last = writer.write(filler(32_768)); await isSettled(last);) {
      count++;
      last = writer.write(filler(32_768));
    }
    assert.equal(writer.desiredSize, 0);
    const closing = writer.close();
    transports.client.resume();
    for (let i = 0; i <= count; i++) assert.equal((await client.read())?.length, 32_768);
    await closing;
  });

  itEnds("closed closes with 1000, aborted drops the transport", async () => {
    const { client, server } = await openPair();
    await server.writable.close();
    assert.equal((await client.closed).code, 1000);

    const second = await openPair();
    const reason = new Error("mine");
    await second.server.writable.abort(reason);
    const info = await second.server.closed;
    assert.equal(causeCode(info), "ERR_ABORTED");
    assert.equal((info.cause as Error).cause, reason);
  });

  itEnds("errors when the connection ends, and says why", async () => {
    const { client, server } = await openPair();
    const writer = server.writable.getWriter();
    client.abort();
    await rejectsWith(writer.closed, "ERR_TRANSPORT");
    await rejectsWith(writer.write("late"), "ERR_TRANSPORT");

    const second = await openPair();
    const other = second.server.writable.getWriter();
    await second.client.close();
    await rejectsWith(other.closed, "ERR_CLOSED");
  });

  itEnds("refuses a chunk that is no message", async () => {
    const { server } = await openPair();
    const writer = server.writable.getWriter();
    writer.closed.catch(() => {});
    await assert.rejects(writer.write(1 as unknown as string), TypeError);
  });
});
