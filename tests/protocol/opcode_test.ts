import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isControl, Opcode } from "../../src/protocol/opcode.ts";

describe("§11.8 opcodes", () => {
  it("opcodes have the numbers of the registry", () => {
    const { Continuation, Text, Binary, Close, Ping, Pong } = Opcode;
    assert.deepEqual([Continuation, Text, Binary, Close, Ping, Pong], [0, 1, 2, 8, 9, 10]);
  });

  it("§5.5 an opcode with the highest bit set is that of a control frame", () => {
    for (let opcode = 0; opcode < 16; opcode++) {
      assert.equal(isControl(opcode), opcode.toString(2).padStart(4, "0")[0] === "1");
    }
  });
});
