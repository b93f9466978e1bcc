/**
 * Payload that is not out, told from the bytes of frames that are not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BufferedAmount, utf8Length } from "../../src/websocket/buffered_amount.ts";
import type { Tasks } from "../../src/websocket/tasks.ts";

/** An amount whose tasks and frames the test sets. */
function make(): { amount: BufferedAmount; state: { framedBytes: number }; nextTask(): void } {
  const state = { framedBytes: 0 };
  let callbacks: (() => void)[] = [];
  const tasks: Tasks = {
    queue() {},
    atNextTask: (callback) => void callbacks.push(callback),
    begin() {},
    watch() {},
    isChunkFree: false,
  };
  return {
    amount: new BufferedAmount(tasks, () => state.framedBytes),
    state,
    nextTask() {
      const due = callbacks;
      callbacks = [];
      for (const callback of due) callback();
    },
  };
}

describe("BufferedAmount", () => {
  it("knows the frames of all three lengths", () => {
    for (const [size, header] of [[125, 6], [126, 8], [65_535, 8], [65_536, 14]] as const) {
      const { amount, state, nextTask } = make();
      for (let i = 0; i < 3; i++) amount.sending(size);
      state.framedBytes = 2 * (size + header);
      nextTask();
      assert.equal(amount.value, 2 * size);
      state.framedBytes = size + header + 10;
      nextTask();
      assert.equal(amount.value, size + 10);
      state.framedBytes = 3; // of the last message
      nextTask();
      assert.equal(amount.value, 3);
    }
  });

  it("counts whole what is compressed, until all is out", () => {
    const { amount, state, nextTask } = make();
    amount.setCompressed();
    amount.sending(1_000);
    amount.sending("ä");
    state.framedBytes = 1;
    nextTask();
    assert.equal(amount.value, 1_002);
    state.framedBytes = 0;
    nextTask();
    assert.equal(amount.value, 0);
  });

  it("does not change within a turn but by what is sent", () => {
    const { amount, state, nextTask } = make();
    amount.sending(100);
    state.framedBytes = 106;
    nextTask();
    amount.sending(5);
    state.framedBytes = 0;
    assert.equal(amount.value, 105);
    nextTask();
    assert.equal(amount.value, 0);
  });

  it("BufferedAmount is what it was last when a connection is lost, and its transport counts no more", () => {
    const { amount, state, nextTask } = make();
    amount.sending(100);
    state.framedBytes = 106;
    nextTask();
    state.framedBytes = 56;
    amount.drained();
    state.framedBytes = 0;
    amount.end({ wasClean: false });
    assert.equal(amount.value, 56);
    const clean = make();
    clean.amount.sending(100);
    clean.state.framedBytes = 106;
    clean.nextTask();
    clean.state.framedBytes = 0;
    clean.amount.end({ wasClean: true });
    assert.equal(clean.amount.value, 0);
  });

  it("keeps what was never sent", () => {
    const { amount, nextTask } = make();
    amount.keep(7);
    nextTask();
    assert.equal(amount.value, 7);
    amount.keep(-7);
    assert.equal(amount.value, 0);
  });
});

describe("utf8Length", () => {
  it("utf8Length is what TextEncoder makes of a text", () => {
    const texts = [
      "",
      "a",
      "\u007f\u0080\u07ff\u0800\uffff",
      "😀",
      "a\ud800",
      "\ud800\ud800\udc00",
      "\udc00a",
    ];
    for (const text of texts) {
      assert.equal(utf8Length(text), new TextEncoder().encode(text).length, JSON.stringify(text));
    }
  });
});
