/**
 * A loop that sends one message on many connections: it is encoded once, and each connection gets
 * what `send` was given, in order.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Message } from "../../src/message.ts";
import type { Role } from "../../src/protocol/role.ts";
import type { ClosableCodec } from "../../src/framed/compression.ts";
import { resolveLimits } from "../../src/connection/limits.ts";
import { FrameWire } from "../../src/framed/frame_wire.ts";
import { Keepalive } from "../../src/framed/keepalive.ts";
import { SharedOutput } from "../../src/framed/shared_output.ts";
import { WHOLE_MESSAGE } from "../../src/protocol/message_options.ts";
import { zlibEngine } from "../../src/runtime/node_builtins/zlib/codec.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { quietSink } from "../helpers/quiet_sink.ts";
import { Kept } from "../helpers/kept_transport.ts";

const DIRECTION = { takeover: false, windowBits: 12 };
const FRAGMENT = { final: false, compress: true };

/** A transport that counts the buffers it is given to keep. */
class Sharing extends Kept {
  readonly shared: Uint8Array[] = [];

  writeShared(bytes: Uint8Array): void {
    this.shared.push(bytes);
    this.write(bytes, 0, bytes.length);
  }
}

/** Connections of one process whose turn the test ends. */
function open(count: number, { role = "server" as Role, compressed = false } = {}) {
  const ticks: (() => void)[] = [], later: (() => void)[] = [];
  const output = new SharedOutput({
    schedule: (callback) => ticks.push(callback),
    later: (callback) => later.push(callback),
    idleTicks: 1,
  });
  const platform = { ...testPlatform(), output }, limits = resolveLimits({});
  const context = {
    role,
    platform,
    limits,
    keepalive: new Keepalive(platform.clock, limits),
    onError() {},
  };
  const transports = Array.from({ length: count }, () => new Sharing({ keeps: false }));
  const wires = transports.map((transport) => {
    const wire = new FrameWire({ transport, context, compression: compressed ? codec() : null });
    wire.start(quietSink);
    return wire;
  });
  /** Calls back within a chunk, and ends the turn. */
  const inChunk = (act: () => void): void => {
    output.cork();
    act();
    output.uncork();
    for (const callback of later.splice(0)) callback();
  };
  /** Calls back outside of a chunk, as a timer does, and ends the turn. */
  const inTimer = (act: () => void): void => {
    act();
    for (const callback of [...ticks.splice(0), ...later.splice(0)]) callback();
    while (later.length > 0) later.shift()!();
  };
  const received = (): string[] =>
    transports.map(({ writes }) => writes.flatMap((bytes) => [...bytes]).join(" "));
  return { wires, transports, inChunk, inTimer, received };
}

function codec(): ClosableCodec {
  const made = zlibEngine.makeCodec({
    send: DIRECTION,
    receive: DIRECTION,
    level: 1,
    thresholdBytes: 0,
  });
  return { codec: made, nextTurn: zlibEngine.nextTurn, close() {} };
}

/** The frame of a short message from a server (RFC 6455 section 5.2). */
function frameOf(message: Message): string {
  const payload = typeof message === "string" ? new TextEncoder().encode(message) : message;
  return [typeof message === "string" ? 0x81 : 0x82, payload.length, ...payload].join(" ");
}

describe("a loop that sends one message on many connections", () => {
  for (const messages of [["one", "zwölf", ""], [Uint8Array.of(1, 2), new Uint8Array(125)]]) {
    it(`sends each what it was given, in one write of shared bytes: ${typeof messages[0]}`, () => {
      const { wires, transports, inChunk, received } = open(12);
      inChunk(() => {
        for (const message of messages) {
          for (const wire of wires) wire.sendMessage(message, WHOLE_MESSAGE);
        }
      });
      assert.deepEqual(received(), wires.map(() => messages.map(frameOf).join(" ")));
      for (const { shared } of transports.slice(8)) {
        assert.equal(shared.length, 1);
        assert.equal(shared[0], transports[11]!.shared[0]);
      }
    });
  }

  it("keeps the order with other messages, in the same turn and in the next chunk", () => {
    const { wires, inChunk, received } = open(12);
    for (const round of ["a", "b"]) {
      inChunk(() => {
        for (const wire of wires) wire.sendMessage(round, WHOLE_MESSAGE);
        for (const [index, wire] of wires.entries()) wire.sendMessage(`${index}`, WHOLE_MESSAGE);
        wires[9]!.sendPing(Uint8Array.of(1));
        for (const wire of wires) wire.sendMessage(round, WHOLE_MESSAGE);
      });
    }
    const expected = wires.map((_, index) => {
      const ping = index === 9 ? "137 1 1 " : "";
      const turn = (round: string) =>
        `${frameOf(round)} ${frameOf(`${index}`)} ${ping}${frameOf(round)}`;
      return `${turn("a")} ${turn("b")}`;
    });
    assert.deepEqual(received(), expected);
  });

  it("sends the bytes that a binary message has at each call", () => {
    const { wires, inChunk, received } = open(12), message = new Uint8Array(2);
    inChunk(() => {
      for (const [index, wire] of wires.entries()) {
        message[1] = index >> 2;
        wire.sendMessage(message, WHOLE_MESSAGE);
      }
      message[1] = 99;
    });
    assert.deepEqual(received(), wires.map((_, index) => frameOf(Uint8Array.of(0, index >> 2))));
  });

  it("sends long messages", () => {
    const { wires, transports, inChunk } = open(12);
    for (const message of ["x".repeat(200_000), new Uint8Array(200_000).fill(120)]) {
      inChunk(() => {
        for (const wire of wires) wire.sendMessage(message, WHOLE_MESSAGE);
      });
    }
    for (const { writes } of transports) {
      const all = writes.flatMap((bytes) => [...bytes.subarray(0, 11)]);
      const rest = [127, 0, 0, 0, 0, 0, 3, 13, 64, 120];
      assert.deepEqual(all, [0x81, ...rest, 0x82, ...rest]);
      assert.equal(writes.reduce((sum, { length }) => sum + length, 0), 400_020);
    }
  });

  it("continues a message of one connection that is not finished", () => {
    const { wires, inChunk, received } = open(12);
    wires[10]!.sendMessage("1", FRAGMENT);
    inChunk(() => {
      for (const wire of wires) wire.sendMessage("2", WHOLE_MESSAGE);
    });
    assert.equal(received()[10], "1 1 49 128 1 50");
    assert.equal(received()[11], frameOf("2"));
  });

  it("masks the frames of clients each with a key of its own", () => {
    const { wires, transports, inChunk, received } = open(12, { role: "client" });
    inChunk(() => {
      for (const wire of wires) wire.sendMessage("hello", WHOLE_MESSAGE);
    });
    assert.equal(new Set(received()).size, 12);
    for (const { shared } of transports) assert.deepEqual(shared, []);
  });

  it("compresses for each connection where that was agreed on", () => {
    const { wires, transports, inChunk } = open(12, { compressed: true });
    inChunk(() => {
      for (const wire of wires) wire.sendMessage("hello hello hello", WHOLE_MESSAGE);
    });
    for (const { writes, shared } of transports) {
      assert.equal(writes[0]![0], 0xc1);
      assert.deepEqual(shared, []);
    }
  });

  it("throws for each connection whose end was sent", () => {
    const { wires, inChunk } = open(12);
    wires[10]!.sendClose(1000, "");
    inChunk(() => {
      for (const wire of wires.slice(0, 10)) wire.sendMessage("a", WHOLE_MESSAGE);
      assert.throws(() => wires[10]!.sendMessage("a", WHOLE_MESSAGE), { code: "ERR_CLOSED" });
    });
  });
});

describe("such a loop outside of a chunk, in a timer or a fetch handler", () => {
  for (const messages of [["one", "zwölf", ""], [Uint8Array.of(1, 2), new Uint8Array(125)]]) {
    it(`sends each what it was given, in one write of shared bytes: ${typeof messages[0]}`, () => {
      const { wires, transports, inTimer, received } = open(12);
      for (let turn = 0; turn < 2; turn++) {
        inTimer(() => {
          for (const message of messages) {
            for (const wire of wires) wire.sendMessage(message, WHOLE_MESSAGE);
          }
        });
      }
      const frames = messages.map(frameOf).join(" ");
      assert.deepEqual(received(), wires.map(() => `${frames} ${frames}`));
      for (const { shared } of transports.slice(8)) {
        assert.equal(shared.length, 2);
        assert.equal(shared[0], transports[11]!.shared[0]);
      }
    });
  }

  it("keeps the order with other messages, and with the answer to a chunk in the same turn", () => {
    const { wires, inChunk, inTimer, received } = open(12);
    inTimer(() => {
      for (const wire of wires) wire.sendMessage("a", WHOLE_MESSAGE);
      for (const [index, wire] of wires.entries()) wire.sendMessage(`${index}`, WHOLE_MESSAGE);
      wires[9]!.sendPing(Uint8Array.of(1));
      for (const wire of wires) wire.sendMessage("b", WHOLE_MESSAGE);
      inChunk(() => wires[5]!.sendMessage("answer", WHOLE_MESSAGE));
    });
    const expected = wires.map((_, index) => {
      const ping = index === 9 ? "137 1 1 " : "",
        answer = index === 5 ? " " + frameOf("answer") : "";
      return `${frameOf("a")} ${frameOf(`${index}`)} ${ping}${frameOf("b")}${answer}`;
    });
    assert.deepEqual(received(), expected);
  });

  it("writes to each at once what is not the same, or too long to compare", () => {
    for (const bytes of [1, 126]) {
      const { wires, transports, inTimer } = open(12), same = new Uint8Array(126);
      inTimer(() => {
        for (const [index, wire] of wires.entries()) {
          wire.sendMessage(bytes === 1 ? Uint8Array.of(index) : same, WHOLE_MESSAGE);
          assert.equal(transports[index - 1]?.writes.length ?? 1, 1);
        }
      });
      for (const { shared } of transports) assert.deepEqual(shared, []);
    }
  });

  it("takes a message that one connection sends again for no loop", () => {
    const { wires, transports, inTimer } = open(1);
    inTimer(() => {
      for (let index = 0; index < 10; index++) wires[0]!.sendMessage("a", WHOLE_MESSAGE);
    });
    assert.deepEqual([transports[0]!.writes.length, transports[0]!.shared.length], [1, 0]);
  });

  it("is not looked for after eight messages that differ, as sessions answer, until the turn ends", () => {
    const { wires, transports, inTimer } = open(12);
    const loop = (): void => {
      for (const wire of wires) wire.sendMessage("a", WHOLE_MESSAGE);
    };
    inTimer(() => {
      for (let index = 0; index < 8; index++) wires[0]!.sendMessage(`${index}`, WHOLE_MESSAGE);
      loop();
    });
    for (const { shared } of transports) assert.deepEqual(shared, []);
    inTimer(loop);
    assert.equal(transports[11]!.shared.length, 1);
  });

  it("ends with the turn", () => {
    const { wires, transports, inTimer } = open(12);
    inTimer(() => {
      for (const wire of wires) wire.sendMessage("a", WHOLE_MESSAGE);
    });
    inTimer(() => {
      for (const [index, wire] of wires.slice(0, 3).entries()) {
        wire.sendMessage("a", WHOLE_MESSAGE);
        assert.equal(transports[index - 1]?.writes.length ?? 2, 2);
      }
    });
  });
});
