/** The messages of the subprotocol `resume.fullduplex`. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  readFrame,
  unwrapMessage,
  writeAcknowledgement,
  writeHello,
  writeMessage,
  writeWelcome,
} from "../../src/resume/wire_format.ts";

describe("a message with its offset", () => {
  for (const offset of [0, 1, 127, 128, 16_383, 16_384, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    it(`comes back as it was, at ${offset}`, () => {
      for (
        const message of [
          "",
          "hi",
          "1:2",
          "A5",
          "é",
          new Uint8Array(0),
          new Uint8Array([200, 0, 5]),
          new Uint8Array(5_000),
        ]
      ) {
        const written = writeMessage(message, offset);
        assert.deepEqual(readFrame(written), { type: "message", offset, message });
        assert.deepEqual(unwrapMessage(written), message);
      }
    });
  }

  it("is written as docs/resume.md says", () => {
    assert.equal(writeMessage("hi", 300), "300:hi");
    assert.deepEqual(writeMessage(new Uint8Array([9]), 300), new Uint8Array([0xac, 0x02, 9]));
    assert.equal(writeAcknowledgement(7), "A7");
  });

  it("has a copy of the bytes, and a large one a buffer of its own", () => {
    const bytes = new Uint8Array(5_000).fill(1);
    const written = writeMessage(bytes, 0);
    bytes.fill(2);
    const frame = readFrame(written);
    assert.ok(frame?.type === "message" && typeof frame.message !== "string");
    assert.equal(frame.message[0], 1);
    assert.equal(frame.message.buffer.byteLength, 5_000);
  });
});

describe("hello and welcome", () => {
  it("come back as they were", () => {
    for (
      const hello of [{ protocols: [], received: 0 }, {
        protocols: ["a"],
        session: "s",
        received: 5,
      }]
    ) {
      assert.deepEqual(readFrame(writeHello(hello)), { type: "hello", hello });
    }
    const welcome = { session: "s", resumed: true, received: 3, protocol: "" };
    assert.deepEqual(readFrame(writeWelcome(welcome)), { type: "welcome", welcome });
  });
});

describe("what is none of these", () => {
  for (
    const data of [
      "",
      "x",
      ":a",
      "-1:a",
      "1e3:a",
      "99999999999999999:a",
      "12345678901234567890",
      "A",
      "A-1",
      "A1.5",
      "H",
      "Hnull",
      'H{"protocols":[1],"received":0}',
      'H{"protocols":[],"received":-1}',
      'H{"protocols":[],"received":0,"session":5}',
      "W{}",
      'W{"session":"s","resumed":1,"received":0,"protocol":""}',
      new Uint8Array(0),
      new Uint8Array([0x80]),
      new Uint8Array(9).fill(0xff),
    ]
  ) {
    it(`${JSON.stringify(data)} is told apart`, () => assert.equal(readFrame(data), null));
  }
});
