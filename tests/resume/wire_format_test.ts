/** The messages of the subprotocol `resume.fullduplex`. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  isMarked,
  readControl,
  writeAcknowledgement,
  writeHello,
  writeMessage,
  writeWelcome,
} from "../../src/resume/wire_format.ts";

describe("a message of the program", () => {
  it("goes as it is", () => {
    for (const message of ["", "hi", "A5", "\u0001", new Uint8Array([0, 1])]) {
      assert.equal(isMarked(message), false);
      assert.equal(writeMessage(message), message);
    }
  });

  it("a message of the program is marked if it begins with U+0000, and comes back as it was", () => {
    for (const text of ["\0", "\0A5", "\0T\0"]) {
      const written = writeMessage(text);
      assert.equal(written, `\0T${text}`);
      assert.deepEqual(readControl(String(written)), { type: "text", text });
    }
  });
});

describe("hello, welcome and acknowledgement", () => {
  it("come back as they were", () => {
    for (
      const hello of [
        { protocols: [], received: 0 },
        { protocols: ["a"], session: "s", received: 5 },
      ]
    ) {
      assert.deepEqual(readControl(writeHello(hello)), { type: "hello", hello });
    }
    const welcome = { session: "s", resumed: true, received: 3, protocol: "" };
    assert.deepEqual(readControl(writeWelcome(welcome)), { type: "welcome", welcome });
    assert.deepEqual(readControl(writeAcknowledgement(7)), { type: "acknowledge", received: 7 });
  });

  it("are written as docs/resume.md says", () => {
    assert.equal(writeAcknowledgement(7), "\0A7");
    assert.equal(writeHello({ protocols: [], received: 0 }), '\0H{"protocols":[],"received":0}');
    assert.ok(isMarked(writeAcknowledgement(7)));
  });
});

describe("what is none of these", () => {
  for (
    const data of [
      "\0",
      "\0x",
      "\0T",
      "\0Ta",
      "\0A",
      "\0A-1",
      "\0A1.5",
      "\0A99999999999999999",
      "\0H",
      "\0Hnull",
      '\0H{"protocols":[1],"received":0}',
      '\0H{"protocols":[],"received":-1}',
      '\0H{"protocols":[],"received":0,"session":5}',
      "\0W{}",
      '\0W{"session":"s","resumed":1,"received":0,"protocol":""}',
    ]
  ) {
    it(`${JSON.stringify(data)} is told apart`, () => assert.equal(readControl(data), null));
  }
});
