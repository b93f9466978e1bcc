import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  nextState,
  type ProtocolEvent,
  type ProtocolState,
} from "../../src/protocol/protocol_state.ts";

const EVENTS: readonly ProtocolEvent[] = ["sendClose", "receiveClose", "fail", "end"];

/** Section 7.1: a row per state, in the order of `EVENTS`. */
const TABLE: Record<ProtocolState, readonly ProtocolState[]> = {
  open: ["closing", "closed", "failed", "lost"],
  closing: ["closing", "closed", "failed", "lost"],
  closed: ["closed", "closed", "closed", "closed"],
  failed: ["failed", "failed", "failed", "failed"],
  lost: ["lost", "lost", "lost", "lost"],
};

describe("§7.1 states of the closing handshake", () => {
  for (const state of Object.keys(TABLE) as ProtocolState[]) {
    it(`${state} is followed by ${[...new Set(TABLE[state])].join(", ")}`, () => {
      assert.deepEqual(EVENTS.map((event) => nextState(state, event)), TABLE[state]);
    });
  }
});
