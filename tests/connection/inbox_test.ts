/**
 * The queue of unread messages, alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Inbox, INBOX_HIGH_WATER_BYTES } from "../../src/connection/inbox.ts";

describe("Inbox", () => {
  it("gives entries in order, and counts 64 bytes for each text beside its content", () => {
    const inbox = new Inbox<string>();
    assert.equal(inbox.peek(), null);
    for (let i = 0; i < 5_000; i++) inbox.push("");
    assert.equal(inbox.bytes, 5_000 * 64);
    assert.deepEqual([inbox.isFull, inbox.hasRoom], [true, false]);
    inbox.push("last");
    for (let i = 0; i < 5_000; i++) assert.equal(inbox.shift(), "");
    assert.equal(inbox.peek(), "last");
    assert.equal(inbox.isEmpty, false);
    assert.equal(inbox.shift(), "last");
    assert.deepEqual([inbox.isEmpty, inbox.bytes, inbox.hasRoom], [true, 0, true]);
  });

  it("counts what an empty binary message costs: a buffer of its own, or a view", () => {
    const inbox = new Inbox<Uint8Array>();
    inbox.push(new Uint8Array(0));
    assert.equal(inbox.bytes, 512);
    for (let i = 0; i < 1_000 && !inbox.isFull; i++) inbox.push(new Uint8Array(1));
    assert.equal(inbox.isFull, true);
  });

  it("keeps order and count over 300 rounds of push and shift", () => {
    const inbox = new Inbox<string>();
    let pushed = 0, shifted = 0;
    for (let round = 0; round < 300; round++) {
      for (let i = 0; i < (round * 7) % 31; i++) inbox.push(String(pushed++));
      for (let i = 0; i < (round * 5) % 29 && !inbox.isEmpty; i++) {
        assert.equal(inbox.shift(), String(shifted++));
      }
    }
    while (!inbox.isEmpty) assert.equal(inbox.shift(), String(shifted++));
    assert.equal(shifted, pushed);
    assert.equal(inbox.bytes, 0);
  });

  it("Inbox is full from 256 KiB on, and has room again below 128 KiB", () => {
    const inbox = new Inbox<Uint8Array>();
    const half = INBOX_HIGH_WATER_BYTES / 2;
    inbox.push(new Uint8Array(half - 512));
    assert.deepEqual([inbox.isFull, inbox.hasRoom], [false, false]);
    inbox.push(new Uint8Array(half - 513));
    assert.deepEqual([inbox.isFull, inbox.hasRoom], [false, false]);
    inbox.push(new Uint8Array(0));
    assert.deepEqual([inbox.isFull, inbox.hasRoom], [true, false]);
    inbox.shift();
    inbox.shift();
    assert.deepEqual([inbox.isFull, inbox.hasRoom], [false, true]);
  });

  it("counts a buffer that two messages share once", () => {
    const inbox = new Inbox<Uint8Array>();
    const { buffer } = new Uint8Array(1_000);
    inbox.push(new Uint8Array(buffer, 100, 10));
    inbox.push(new Uint8Array(buffer, 200, 10));
    assert.equal(inbox.bytes, 1_000 + 2 * 192);
    inbox.shift();
    assert.equal(inbox.bytes, 1_000 + 192);
    inbox.shift();
    assert.equal(inbox.bytes, 0);
  });

  it("forgets entries and bytes on clear()", () => {
    const inbox = new Inbox<string>();
    for (let i = 0; i < 10; i++) inbox.push("a");
    inbox.shift();
    inbox.clear();
    assert.deepEqual([inbox.isEmpty, inbox.bytes, inbox.peek()], [true, 0, null]);
  });
});
