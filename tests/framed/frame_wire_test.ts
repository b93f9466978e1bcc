/**
 * The reading states of a frame wire, on a transport in memory: flowing, decoding, paused,
 * draining.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import type { Role } from "../../src/protocol/role.ts";
import type { WireSink } from "../../src/connection/wire.ts";
import type { ClosableCodec } from "../../src/framed/compression.ts";
import { resolveLimits } from "../../src/connection/limits.ts";
import { FrameWire } from "../../src/framed/frame_wire.ts";
import { Keepalive } from "../../src/framed/keepalive.ts";
import { zlibEngine } from "../../src/runtime/node_builtins/zlib/codec.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { bits } from "../helpers/bits.ts";
import { quietSink } from "../helpers/quiet_sink.ts";

const A = '1 000 0001 m 0000001 "a"', B = '1 000 0001 m 0000001 "b"';
const CLOSE = "1 000 1000 m 0000010 x03e8";
const DIRECTION = { takeover: false, windowBits: 12 };

/** A wire, the peer's end of its transport, and a log of what the sink was told. */
function open({ role = "server" as Role, compression = null as ClosableCodec | null } = {}) {
  const platform = testPlatform(), limits = resolveLimits({});
  const { clock } = platform;
  const keepalive = new Keepalive(clock, limits);
  const context = { role, platform, limits, keepalive, onError() {} };
  const { client: peer, server: transport } = MemoryTransport.pair();
  const log: string[] = [];
  const react: { onMessage?: (message: string) => boolean } = {};
  const wire = new FrameWire({ transport, context, compression });
  const note = (event: string) => (): void => void log.push(event);
  const sink: WireSink = {
    ...quietSink,
    onMessage(message) {
      const text = typeof message === "string" && message.length < 9
        ? message
        : `${message.length}`;
      log.push(text);
      return react.onMessage?.(text) ?? true;
    },
    onPing: note("ping"),
    onPong: note("pong"),
    onClose: (code) => void log.push(`close ${code}`),
    onViolation: ({ rule }) => void log.push(`broke ${rule}`),
    onDrain: note("drain"),
    onEnding: note("ending"),
    onEnd: note("end"),
    onFailed: ({ cause }) => void log.push(`failed ${cause}`),
    onClosed: note("closed"),
  };
  wire.start(sink);
  const send = (drawing: string): void => {
    const bytes = bits(drawing, role === "server" ? "client" : "server");
    peer.write(bytes, 0, bytes.length);
  };
  return { wire, peer, transport, log, react, send };
}

function makeCompression(): ClosableCodec {
  const codec = zlibEngine.makeCodec({
    send: DIRECTION,
    receive: DIRECTION,
    level: 1,
    thresholdBytes: 0,
  });
  return { codec, nextTurn: zlibEngine.nextTurn, close() {} };
}

describe("FrameWire", () => {
  it("passes every message of a chunk on, and leaves the transport flowing", async () => {
    const { wire, transport, log, send } = open();
    send(`${A} | ${B}`);
    await settle();
    assert.deepEqual([log, wire.isPaused, transport.isPaused], [["a", "b"], false, false]);
  });

  it("pauses the transport and keeps the rest of the chunk when the sink pauses", async () => {
    const { wire, transport, log, react, send } = open();
    react.onMessage = () => {
      wire.pause();
      return false;
    };
    send(`${A} | ${B}`);
    await settle();
    assert.deepEqual([log, wire.isPaused, transport.isPaused], [["a"], true, true]);
    delete react.onMessage;
    wire.resume();
    assert.deepEqual([log, wire.isPaused, transport.isPaused], [["a", "b"], false, false]);
  });

  it("stays paused when the sink pauses again in resume()", async () => {
    const { wire, transport, log, react, send } = open();
    react.onMessage = () => {
      wire.pause();
      return false;
    };
    send(`${A} | ${B} | ${A}`);
    await settle();
    wire.resume();
    assert.deepEqual([log, transport.isPaused], [["a", "b"], true]);
    wire.resume();
    assert.deepEqual([log, transport.isPaused], [["a", "b", "a"], true]);
  });

  it("decodes a message once when the sink resumes inside onMessage", async () => {
    const { wire, log, react, send } = open();
    react.onMessage = () => {
      wire.pause();
      wire.resume();
      return true;
    };
    send(`${A} | ${B}`);
    await settle();
    assert.deepEqual(log, ["a", "b"]);
  });

  for (const [event, told] of [["end", ["end"]], ["lose", ["closed"]]] as const) {
    it(`tells the paused sink of the last messages before ${told} (${event})`, async () => {
      const { wire, peer, log, react, send } = open();
      react.onMessage = () => {
        if (log.length > 1) return true;
        wire.pause();
        return false;
      };
      send(`${A} | ${B}`);
      await settle();
      peer[event]();
      if (event === "end") wire.resume(); // a paused transport tells of its end once it flows
      await settle();
      assert.deepEqual(log.filter((name) => name !== "ending"), ["a", "b", ...told]);
    });
  }

  it("tells of the end when the codec has decoded the last message", async () => {
    const { peer, log, wire, send } = open({ compression: makeCompression() });
    const text = JSON.stringify(Array.from({ length: 40_000 }, (_, index) => index * 7_919));
    const payload = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const length = payload.length.toString(16).padStart(16, "0");
    send(`1 100 0001 m 1111111 +${length} x${payload.toString("hex")}`);
    await settle();
    assert.deepEqual([log, wire.isPaused], [[], true], "the codec needs turns");
    peer.lose();
    await settle();
    assert.equal(log.includes("closed"), false, "draining");
    while (!log.includes("closed")) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.deepEqual(log.filter((name) => name !== "ending"), [`${text.length}`, "closed"]);
  });

  it('abort("keep") passes on what had arrived, and then tells of the end', async () => {
    const { wire, log, react, send } = open();
    react.onMessage = () => {
      if (log.length > 1) return true;
      wire.pause();
      return false;
    };
    send(`${A} | ${B} | ${CLOSE}`);
    await settle();
    wire.abort("keep");
    wire.resume();
    await settle();
    assert.deepEqual(log, ["a", "b", "close 1000", "closed"]);
  });

  it('abort("drop") passes nothing on but the end', async () => {
    const { wire, log, react, send } = open();
    react.onMessage = () => {
      wire.pause();
      return false;
    };
    send(`${A} | ${B}`);
    await settle();
    wire.abort("drop");
    wire.resume();
    await settle();
    assert.deepEqual(log.filter((name) => name !== "ending"), ["a", "closed"]);
  });

  it("fails with ERR_TRANSFERRED when the handler transfers the buffer of the waiting data", async () => {
    const { wire, transport, log, react, send } = open();
    react.onMessage = () => {
      wire.pause();
      return false;
    };
    const { onChunk } = wire;
    let buffer: ArrayBufferLike | undefined;
    transport.sink = {
      onChunk(chunk) {
        buffer = chunk.buffer;
        return onChunk.call(wire, chunk);
      },
      onEnd() {},
      onDrain() {},
      onClose() {},
    };
    send(`${A} | ${B}`);
    await settle();
    structuredClone(null, { transfer: [buffer as ArrayBuffer] });
    wire.resume();
    assert.equal(log.length, 2);
    assert.match(log[1]!, /^failed WebSocketError: a message was transferred/);
  });

  it("finish() ends the transport of a server, and leaves that of a client to the server", async () => {
    for (const role of ["server", "client"] as const) {
      const { wire, peer } = open({ role });
      let hasEnded = false;
      peer.sink = { onChunk() {}, onEnd: () => hasEnded = true, onDrain() {}, onClose() {} };
      wire.finish();
      await settle();
      assert.equal(hasEnded, role === "server", role);
    }
  });
});
