/** The deliveries of messages: whole, by fragment, by chunk, discarded; and their limits. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Violations } from "../../src/protocol/violations.ts";
import type { MessageCodec, MessageDecoder } from "../../src/protocol/message_codec.ts";
import { CollectingOutput } from "../../src/protocol/output.ts";
import { Protocol } from "../../src/protocol/protocol.ts";
import type { Delivery, MessageHead } from "../../src/protocol/protocol_sink.ts";
import { bits, filler } from "../helpers/bits.ts";
import { cut, everyChunking } from "../helpers/chunk_splitter.ts";
import { assertFailed, Endpoint } from "../helpers/protocol_recorder.ts";

const THREE = '0 000 0001 m 0000010 "ab" | 0 000 0000 m 0000010 "cd" | 1 000 0000 m 0000001 "e"';

describe("§5.4 asking how a message shall come", () => {
  it("beginMessage is called once, with what the first header says", () => {
    const endpoint = new Endpoint("server");
    for (const chunk of cut(bits(THREE, "client"), 1)) endpoint.receive(chunk);
    assert.deepEqual(endpoint.heads, [
      { type: "text", isWhole: false, frameBytes: 2, isEncoded: false },
    ]);
  });

  it("beginMessage is not called for a message that lies whole in the chunk", () => {
    const endpoint = new Endpoint("server", { delivery: "chunk" });
    endpoint.receiveBits('1 000 0001 m 0000010 "ab" | 1 000 0010 m 0000000');
    assert.deepEqual(endpoint.heads, []);
    assert.deepEqual(endpoint.given, ["ab", new Uint8Array(0)]);
  });

  it("beginMessage is called for a whole message above the limit, which can be delivered by chunk", () => {
    const endpoint = new Endpoint("server", { delivery: "chunk", maxMessageBytes: 4 });
    endpoint.receiveBits('1 000 0001 m 0000101 "abcde" | 1 000 0001 m 0000100 "abcd"');
    assert.equal(endpoint.heads.length, 1);
    assert.deepEqual(endpoint.events, ['text "abcde"', 'text "abcd"']);
  });
});

describe("delivery by chunk", () => {
  it("each chunk is delivered as it arrives, empty ones only at the end", () => {
    const endpoint = new Endpoint("client", { delivery: "chunk" });
    for (const chunk of cut(bits("1 000 0010 m 0000101 *5", "server"), 3)) endpoint.receive(chunk);
    endpoint.receiveBits("0 000 0010 m 0000000 | 0 000 0000 m 0000000 | 1 000 0000 m 0000000");
    assert.deepEqual(endpoint.given.map(String), ["97", "98,99,100", "101", ""]);
  });

  it("delivery by chunk has no limit", () => {
    const endpoint = new Endpoint("server", { delivery: "chunk", maxMessageBytes: 3 });
    for (const chunk of cut(bits(`0 000 0010 m 1111110 +ea60 *60000`, "client"), 1000)) {
      endpoint.receive(chunk);
    }
    endpoint.receiveBits("1 000 0000 m 1111110 +ea60 *60000");
    assert.equal(endpoint.protocol.state, "open");
    assert.equal(endpoint.events.length, 1);
  });

  it("text by chunk fails at the first bad byte", () => {
    const stream = bits("0 000 0001 0 0000100 x6162e2ff", "server");
    for (let end = 3; end < stream.length; end++) {
      const endpoint = new Endpoint("client", { delivery: "chunk" });
      endpoint.receive(stream.slice(0, end));
      assert.equal(endpoint.protocol.state, "open", `${end}`);
      endpoint.receive(stream.slice(end));
      assertFailed(endpoint, Violations.notUtf8);
    }
  });
});

describe("delivery by fragment", () => {
  it("each frame is delivered, also an empty one", () => {
    const drawn = "0 000 0010 m 0000000 | 0 000 0000 m 0000010 *2 | 1 000 0000 m 0000000";
    for (const { name, chunks } of everyChunking(bits(drawn, "client"))) {
      const endpoint = new Endpoint("server", { delivery: "fragment" });
      for (const chunk of chunks) endpoint.receive(chunk);
      assert.deepEqual(endpoint.given.map(String), ["", "97,98", ""], name);
    }
  });

  it("the limit holds for each fragment, not for the message", () => {
    const endpoint = new Endpoint("server", { delivery: "fragment", maxMessageBytes: 4 });
    endpoint.receiveBits("0 000 0010 m 0000100 *4");
    for (let count = 0; count < 10; count++) endpoint.receiveBits("0 000 0000 m 0000100 *4");
    assert.equal(endpoint.events.length, 11);
    endpoint.receiveBits("0 000 0000 m 0000101 *5");
    assertFailed(endpoint, Violations.messageTooBig);
  });

  it("text by fragment fails at the first bad byte, in the middle of a frame", () => {
    const endpoint = new Endpoint("client", { delivery: "fragment" });
    endpoint.receive(bits("1 000 0001 0 0000100 x61ff", "server"));
    assertFailed(endpoint, Violations.notUtf8);
  });
});

describe("delivery of whole messages", () => {
  it("whole text fails at the first bad byte, before the frame is complete", () => {
    const endpoint = new Endpoint("client");
    endpoint.receive(bits("0 000 0001 0 0000011 x616263 | 1 000 0000 0 1111101 x64ff", "server"));
    assertFailed(endpoint, Violations.notUtf8);
  });

  it("messages up to the limit are accepted, in one frame or several", () => {
    const endpoint = new Endpoint("server", { maxMessageBytes: 5 });
    endpoint.receiveBits(THREE + '| 1 000 0001 m 0000101 "abcde" |' + THREE);
    assert.deepEqual(endpoint.events, ['text "abcde"', 'text "abcde"', 'text "abcde"']);
  });

  it("the default limit is 1 MiB", () => {
    const endpoint = new Endpoint("client");
    endpoint.receiveBits("1 000 0010 m 1111111 +0000000000100000");
    assert.equal(endpoint.protocol.state, "open");
    const other = new Endpoint("client");
    other.receiveBits("1 000 0010 m 1111111 +0000000000100001");
    assertFailed(other, Violations.messageTooBig);
  });

  it("delivered bytes never change, and their buffer holds little else", () => {
    const endpoint = new Endpoint("server");
    const chunk = bits("1 000 0010 m 0001000 *8 | 1 000 0010 m 0001000 *8", "client");
    endpoint.receive(chunk);
    chunk.fill(0);
    for (const data of endpoint.given) {
      assert.deepEqual(data, filler(8));
      assert.equal((data as Uint8Array).buffer.byteLength, 8);
    }
  });

  it("later messages arrive after a sink has transferred its bytes", () => {
    const endpoint = new Endpoint("server");
    endpoint.react = (event) => {
      if (!event.startsWith("binary")) return;
      const { buffer } = endpoint.given.at(-1) as Uint8Array<ArrayBuffer>;
      structuredClone(buffer, { transfer: [buffer] });
    };
    endpoint.receiveBits("1 000 0010 m 1111110 +03e8 *1000 | 1 000 0010 m 0000010 *2");
    endpoint.receiveBits("1 000 0010 m 1111110 +03e8 *1000");
    endpoint.receiveBits("1 000 0010 m 0000011 *3");
    assert.equal(endpoint.events.length, 4);
    assert.equal(endpoint.protocol.state, "open");
  });
});

describe("deliveries that change from message to message", () => {
  const deliveries = ["message", "fragment", "chunk", "discard"] as const;
  const drawn = {
    text: '0 000 0001 m 0000010 "ab" | 1 000 0000 m 0000010 "cd"',
    binary: "0 000 0010 m 0000010 *2 | 1 000 0000 m 0000010 *2",
  };

  it("no message is affected by the delivery of the one before", () => {
    for (const first of deliveries) {
      for (const second of deliveries) {
        for (const types of [["text", "binary"], ["binary", "text"]] as const) {
          const endpoint = new Endpoint("server", { delivery: first });
          for (const type of types) {
            endpoint.given.length = 0;
            for (const chunk of cut(bits(drawn[type], "client"), 1)) endpoint.receive(chunk);
            const given = new Set(endpoint.given.map((data) => typeof data));
            const expected = type === "text" ? "string" : "object";
            const isDiscarded = endpoint.delivery === "discard";
            assert.deepEqual([...given], isDiscarded ? [] : [expected], `${first}, ${second}`);
            endpoint.delivery = second;
          }
        }
      }
    }
  });
});

describe("discarding", () => {
  it("a discarded message is dropped, whatever its size and text, and the next arrives", () => {
    const endpoint = new Endpoint("client", { delivery: "discard", maxMessageBytes: 4 });
    endpoint.receive(bits("0 000 0001 0 0000101 xff61626364 | 1 000 1001 0 0000000", "server"));
    endpoint.receiveBits("1 000 0000 m 0001000 *8 | 1 000 0001 m 0000010 *2");
    assert.deepEqual(endpoint.events, ["ping ", 'text "ab"']);
  });

  it("discardMessage drops the rest of the message that is arriving", () => {
    for (const delivery of ["message", "fragment", "chunk"] as const) {
      const stream = bits(THREE + '| 1 000 0001 m 0000001 "n"', "client");
      for (let end = 7; end < 17; end++) {
        const endpoint = new Endpoint("server", { delivery });
        endpoint.receive(stream.slice(0, end));
        const before = endpoint.given.length;
        endpoint.protocol.discardMessage();
        endpoint.receive(stream.slice(end));
        assert.deepEqual(endpoint.given.slice(before), ["n"], `${delivery}, ${end}`);
        assert.equal(endpoint.protocol.state, "open");
      }
    }
  });

  it("a discarded message still has to be continued", () => {
    const endpoint = new Endpoint("server", { delivery: "discard" });
    endpoint.receiveBits('0 000 0001 m 0000001 "a" | 1 000 0010 m 0000001 "b"');
    assertFailed(endpoint, Violations.messageInterrupted);
  });
});

/** Turns bytes around; messages that begin with 0 cannot be decoded. */
const REVERSING: MessageCodec = {
  decode(payload, maxBytes) {
    if (payload[0] === 0) return Violations.badEncoding;
    return payload.length > maxBytes ? Violations.messageTooBig : payload.slice().reverse();
  },
  encode: (payload) => payload.slice().reverse(),
  encodeFragment: (part) => part.slice().reverse(),
};

describe("§5.2 RSV1 given a meaning by a codec", () => {
  const drawn = '1 100 0001 m 0000011 "cba" | 0 100 0010 m 0000010 "zy" | 1 000 1001 m 0000000' +
    '| 1 000 0000 m 0000001 "x" | 1 000 0001 m 0000010 "ok"';

  it("encoded messages are decoded, however they are chunked and delivered", () => {
    for (const delivery of ["message", "fragment", "chunk"] as const) {
      for (const { name, chunks } of everyChunking(bits(drawn, "client"))) {
        const endpoint = new Endpoint("server", { delivery, codec: REVERSING });
        for (const chunk of chunks) endpoint.receive(chunk);
        const told = delivery === "fragment" ? "last fragment " : "";
        assert.deepEqual(
          endpoint.events.map((event) => event.replace(told, "")),
          ['text "abc"', "ping ", "binary 78797a", 'text "ok"'],
          name,
        );
      }
    }
  });

  it("encoded text is checked after it is decoded", () => {
    for (const { chunks } of everyChunking(bits("1 100 0001 0 0000011 xac82e2", "server"))) {
      const endpoint = new Endpoint("client", { codec: REVERSING });
      for (const chunk of chunks) endpoint.receive(chunk);
      assert.deepEqual(endpoint.given, ["\u20ac"]);
    }
  });

  it("the head of an encoded message says isEncoded", () => {
    const endpoint = new Endpoint("server", { codec: REVERSING });
    endpoint.receiveBits("0 100 0001 m 0000000");
    assert.deepEqual(endpoint.heads.map((head) => head.isEncoded), [true]);
  });

  it("a message that cannot be decoded, is too big or is not UTF-8 fails the connection", () => {
    const rows = [
      ["1 100 0010 0 0000010 x0001", Violations.badEncoding],
      ["1 100 0001 0 0000010 x8261", Violations.notUtf8],
      ["1 100 0001 0 0000010 x61ff", Violations.notUtf8],
      ["0 100 0001 0 0000001 x61 | 1 000 0000 0 0000001 xff", Violations.notUtf8],
      ["0 100 0001 0 0000100 x61616161 | 1 000 0000 0 0000001 x61", Violations.messageTooBig],
    ] as const;
    for (const [drawing, violation] of rows) {
      for (const { chunks } of everyChunking(bits(drawing, "server"))) {
        const endpoint = new Endpoint("client", { codec: REVERSING, maxMessageBytes: 4 });
        for (const chunk of chunks) endpoint.receive(chunk);
        assertFailed(endpoint, violation);
      }
    }
  });

  it("RSV1 on a control frame or beside other reserved bits fails the connection", () => {
    for (
      const drawing of ["1 100 1001 m 0000000", "1 010 0001 m 0000000", "1 101 0010 m 0000000"]
    ) {
      const endpoint = new Endpoint("client", { codec: REVERSING });
      endpoint.receiveBits(drawing);
      assertFailed(endpoint, Violations.reservedBits);
    }
  });
});

/** A server whose codec leaves payload as it is, and writes down what its decoder is told. */
function openEncoded(delivery: Delivery, { canStream }: { canStream: boolean }) {
  const events: string[] = [], heads: MessageHead[] = [];
  let pushed: Uint8Array | null = null;
  const decoder: MessageDecoder = {
    push: (chunk) => void (pushed = chunk),
    take() {
      const output = pushed ?? "done";
      pushed = null;
      return output;
    },
    discard: () => void events.push("discard"),
    stop: () => void events.push("stop"),
  };
  const codec: MessageCodec = {
    decode: (payload) => payload.slice(),
    ...canStream && { startDecoding: () => decoder },
    encode: () => null,
    encodeFragment: (payload) => payload,
  };
  const protocol = new Protocol({
    role: "server",
    output: new CollectingOutput(),
    codec,
    onDecoded() {},
    sink: {
      beginMessage(head) {
        heads.push(head);
        return delivery;
      },
      onMessage: (data) => events.push(`message of ${data.length}`) > 0,
      onFragment: (data) => events.push(`fragment of ${data.length}`) > 0,
      onPing() {},
      onPong() {},
      onClose() {},
      onViolation: ({ rule }) => void events.push(rule),
    },
  });
  return {
    protocol,
    events,
    heads,
    receive: (drawing: string) => protocol.receive(bits(drawing, "client")),
  };
}

describe("an encoded message", () => {
  it("has an unknown length for the sink if it is too large for one call, else that of its frame", () => {
    for (const [length, expected] of [["ffff", 65_535], ["00010001", Infinity]] as const) {
      const { heads, receive } = openEncoded("message", { canStream: true });
      const form = length.length === 4 ? `1111110 +${length}` : `1111111 +00000000${length}`;
      receive(`1 100 0010 m ${form}`);
      assert.deepEqual(heads.map(({ frameBytes }) => frameBytes), [expected]);
    }
  });

  it("is delivered whole by a codec that decodes no parts, whatever the sink wants", () => {
    for (const delivery of ["fragment", "chunk"] as const) {
      const { events, receive } = openEncoded(delivery, { canStream: false });
      receive("0 100 0010 m 0000011 *3 | 1 000 0000 m 0000010 *2");
      assert.deepEqual(events, ["message of 5"], delivery);
    }
  });

  it("that is discarded while it is decoded is discarded by its decoder", () => {
    const { protocol, events, receive } = openEncoded("chunk", { canStream: true });
    receive("0 100 0010 m 0000011 *3");
    protocol.discardMessage();
    assert.deepEqual(events, ["fragment of 3", "discard"]);
  });
});
