/**
 * Payload that is not out, told from the bytes of frames that are not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BufferedAmount, utf8Length } from "../../src/websocket/buffered_amount.ts";

/** An amount whose turns and frames the test sets. */
function make(): { amount: BufferedAmount; state: { turn: number; framedBytes: number } } {
  const state = { turn: 1, framedBytes: 0 };
  const tasks = {
    queue() {},
    get turn() {
      return state.turn;
    },
  };
  return { amount: new BufferedAmount(tasks, () => state.framedBytes), state };
}

describe("BufferedAmount", () => {
  it("knows the frames of all three lengths", () => {
    for (const [size, header] of [[125, 6], [126, 8], [65_535, 8], [65_536, 14]] as const) {
      const { amount, state } = make();
      for (let i = 0; i < 3; i++) amount.sending(size);
      state.turn++;
      state.framedBytes = 2 * (size + header);
      assert.equal(amount.value, 2 * size);
      state.turn++;
      state.framedBytes = size + header + 10;
      assert.equal(amount.value, size + 10);
      state.turn++;
      state.framedBytes = 3; // of the last message
      assert.equal(amount.value, 3);
    }
  });

  it("counts whole what is compressed, until all is out", () => {
    const { amount, state } = make();
    amount.setCompressed();
    amount.sending(1_000);
    amount.sending("ä");
    state.turn++;
    state.framedBytes = 1;
    assert.equal(amount.value, 1_002);
    state.turn++;
    state.framedBytes = 0;
    assert.equal(amount.value, 0);
  });

  it("does not change within a turn but by what is sent", () => {
    const { amount, state } = make();
    amount.sending(100);
    state.turn++;
    state.framedBytes = 106;
    amount.sending(5);
    state.framedBytes = 0;
    assert.equal(amount.value, 105);
    state.turn++;
    assert.equal(amount.value, 0);
  });

  it("keeps what was never sent", () => {
    const { amount, state } = make();
    amount.keep(7);
    state.turn++;
    assert.equal(amount.value, 7);
    amount.keep(-7);
    assert.equal(amount.value, 0);
  });
});

describe("utf8Length", () => {
  it("is what TextEncoder makes of a text", () => {
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
