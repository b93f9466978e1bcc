/** Handlers that transfer a small message away, and with it the others in its buffer. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CloseInfo, WebSocketHandler } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import { checkTransferred } from "../../src/connection/transferred.ts";
import { WebSocketError } from "../../src/errors.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { itEnds } from "../helpers/connections.ts";
import { openToServer } from "../helpers/raw_peer.ts";

const platform = { ...testPlatform(), tuning: { minSharedBytes: 1, sendsInTurns: true } };
const THREE = "1 000 0010 m 0000010 *2 | 1 000 0010 m 0000011 *3 | 1 000 0010 m 0000100 *4";

function transfer(message: Message | null): void {
  const { buffer } = message as Uint8Array<ArrayBuffer>;
  structuredClone(buffer, { transfer: [buffer] });
}

/** Lets the handler meet three messages of one chunk; gives what it was told of them. */
async function meet(handler: WebSocketHandler): Promise<{ info: CloseInfo; errors: unknown[] }> {
  const errors: unknown[] = [];
  const { peer, connection } = await openToServer(handler, {
    platform,
    server: { onError: (error) => errors.push(error) },
  });
  peer.send(THREE);
  await settle();
  assert.match(peer.takeFrames().join(), /close 1011/);
  peer.transport.end();
  return { info: await connection.closed, errors };
}

function assertTransferred(error: unknown): void {
  assert.ok(error instanceof WebSocketError, String(error));
  assert.equal(error.code, "ERR_TRANSFERRED");
  assert.match(error.message, /message\.slice\(\)/);
}

describe("transferring a small message", () => {
  itEnds("fails the connection when the rest of the chunk went with it", async () => {
    const lengths: number[] = [];
    const { info } = await meet({
      message(_connection, message) {
        lengths.push(message.length);
        transfer(message);
      },
    });
    assert.deepEqual(lengths, [2]);
    assert.equal(info.code, 1011);
    assertTransferred(info.cause);
  });

  itEnds("fails a handler that lets messages wait, and has transferred them", async () => {
    const lengths: number[] = [];
    const { errors } = await meet({
      async message(_connection, message) {
        lengths.push(message.length);
        await Promise.resolve();
        transfer(message);
      },
    });
    assert.deepEqual(lengths, [2]);
    errors.forEach(assertTransferred);
    assert.ok(errors.length > 0);
  });

  itEnds("fails the read that comes after it", async () => {
    const { errors } = await meet({
      async session(connection) {
        transfer(await connection.read());
        await connection.read();
        assert.fail("read what was transferred");
      },
    });
    assert.equal(errors.length, 1);
    assertTransferred(errors[0]);
  });

  itEnds("fails nothing when it was the last of its chunk, or a copy", async () => {
    let count = 0;
    const { peer, connection } = await openToServer({
      message(_connection, message) {
        transfer(++count === 3 ? message : message.slice());
      },
    }, { platform });
    peer.send(THREE);
    peer.send(THREE);
    await settle();
    assert.equal(count, 6);
    await Promise.all([connection.close(), peer.send("1 000 1000 m 0000000")]);
  });
});

describe("checkTransferred", () => {
  it("throws for a view whose buffer was transferred, and for no other message", () => {
    const { buffer } = new Uint8Array(100);
    const view = new Uint8Array(buffer, 10, 10);
    for (const message of ["", "text", new Uint8Array(0), view]) checkTransferred(message);
    structuredClone(null, { transfer: [buffer] });
    assert.throws(() => checkTransferred(view), { code: "ERR_TRANSFERRED" });
  });
});
