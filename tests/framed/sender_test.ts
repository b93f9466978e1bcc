/**
 * The order of sends, alone: a sender on a host that the test drives.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SenderHost } from "../../src/connection/framing.ts";
import type { MessageOptions } from "../../src/protocol/message_options.ts";
import { Sender } from "../../src/framed/sender.ts";
import { makeDeferred, READY } from "../../src/promises.ts";
import { settle } from "../../src/testing/virtual_clock.ts";

const WHOLE = { final: true, compress: true };

/** A sender and a log of the calls on its host. */
function open(host: Partial<SenderHost> = {}) {
  const log: string[] = [];
  const sender = new Sender({
    mustBeOpen() {},
    sendNow(message, { final }: MessageOptions) {
      log.push(`${typeof message === "string" ? message : message.length}${final ? "." : ""}`);
    },
    whenReady: () => READY,
    checkBuffered: () => void log.push("check"),
    closeAfterError: (error) => void log.push(`failed ${error}`),
    ...host,
  });
  return { sender, log };
}

/** An iterable whose items the test gives. */
function source() {
  const items: (string | null)[] = [];
  let wake = makeDeferred<void>(), isCancelled = false;
  const push = (item: string | null): void => {
    items.push(item);
    wake.resolve();
    wake = makeDeferred();
  };
  async function* iterate(): AsyncGenerator<string> {
    try {
      for (;;) {
        while (items.length === 0) await wake.promise;
        const item = items.shift()!;
        if (item === null) return;
        yield item;
      }
    } finally {
      isCancelled = true;
    }
  }
  return { push, fragments: iterate(), isCancelled: () => isCancelled };
}

describe("Sender", () => {
  it("sends a message at once while no stream is being sent", async () => {
    const { sender, log } = open();
    const sent = sender.send("a", WHOLE);
    assert.deepEqual([log, sender.isIdle], [["a."], true]);
    await sent;
  });

  it("Sender is not idle after a fragment until the final one", async () => {
    const { sender } = open();
    await sender.send("a", { final: false, compress: true });
    assert.equal(sender.isIdle, false);
    await sender.send("b", WHOLE);
    assert.equal(sender.isIdle, true);
  });

  it("sends a message behind the stream that is being sent, and counts it until then", async () => {
    const { sender, log } = open(), { push, fragments } = source();
    const stream = sender.sendFragments(fragments, WHOLE, undefined);
    push("1");
    await settle();
    const message = sender.send("after", WHOLE);
    assert.deepEqual([sender.isIdle, sender.waitingBytes], [false, 5]);
    push("2");
    push(null);
    await Promise.all([stream, message]);
    await settle();
    assert.deepEqual(log, ["1", "2", ".", "after."]);
    assert.deepEqual([sender.isIdle, sender.waitingBytes], [true, 0]);
  });

  it("copies bytes that wait, so that the caller may write into them", async () => {
    const bytes = Uint8Array.of(1), sent: unknown[] = [];
    const { sender } = open({ sendNow: (message) => void sent.push(message) });
    const { push, fragments } = source();
    const stream = sender.sendFragments(fragments, WHOLE, undefined);
    const message = sender.send(bytes, WHOLE);
    bytes[0] = 2;
    push(null);
    await Promise.all([stream, message]);
    assert.deepEqual(sent.at(-1), Uint8Array.of(1));
  });

  it("allows the first message that waits, and checks the limit from the second on", async () => {
    const { sender, log } = open(), { fragments } = source();
    sender.sendFragments(fragments, WHOLE, undefined).catch(() => {});
    sender.send("first", WHOLE).catch(() => {});
    assert.deepEqual(log, []);
    sender.send("second", WHOLE).catch(() => {});
    assert.deepEqual(log, ["check"]);
    sender.fail(new Error("closed"));
    await settle();
  });

  it("fail() ends the wait for the next fragment, and cancels its source", async () => {
    const { sender, log } = open(), { push, fragments } = source();
    const stream = sender.sendFragments(fragments, WHOLE, undefined);
    push("1");
    await settle();
    sender.fail("closed");
    await assert.rejects(stream, (error) => error === "closed");
    assert.deepEqual(log, ["1", "failed closed"]);
  });

  it("goes on with the next send when a stream has failed", async () => {
    const { sender, log } = open(), stop = new AbortController(), { fragments } = source();
    const stream = sender.sendFragments(fragments, WHOLE, stop.signal);
    const message = sender.send("after", WHOLE);
    stop.abort("enough");
    await assert.rejects(stream, (error) => error === "enough");
    await message;
    assert.deepEqual(log, ["after."]); // no fragment was sent, so that no message is unfinished
  });
});
