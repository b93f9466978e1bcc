/**
 * The sender of slices, alone: a protocol and a transport that the test drives.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Protocol } from "../../src/protocol/protocol.ts";
import { CollectingOutput } from "../../src/protocol/output.ts";
import { SliceSender } from "../../src/framed/slice_sender.ts";
import { HIGH_WATER_BYTES } from "../../src/transport/transport.ts";
import { zlibEngine } from "../../src/runtime/node_builtins/zlib/codec.ts";
import { filler } from "../helpers/bits.ts";
import { Kept } from "../helpers/kept_transport.ts";
import { quietProtocolSink } from "../helpers/quiet_sink.ts";

const DIRECTION = { takeover: false, windowBits: 12 };

/** A sender with a message of 1 MiB that waits, and the turns that it has asked for. */
function open() {
  const turns: (() => void)[] = [], log: string[] = [];
  const output = new CollectingOutput();
  const protocol = new Protocol({
    role: "server",
    output,
    tuning: { sendsInTurns: true },
    codec: zlibEngine.makeCodec({
      send: DIRECTION,
      receive: DIRECTION,
      level: 1,
      thresholdBytes: 0,
    }),
    sink: quietProtocolSink,
  });
  const transport = new Kept({ keeps: false });
  const sender = new SliceSender({
    protocol,
    transport,
    nextTurn: (callback) => turns.push(callback),
    onDrain: () => log.push("drain"),
  });
  protocol.sendMessage(filler(1024 * 1024));
  return { protocol, transport, output, sender, turns, log };
}

describe("SliceSender", () => {
  it("sends one slice in each turn, and calls onDrain once after the last", () => {
    const { protocol, sender, turns, log } = open();
    assert.equal(sender.schedule(), true);
    let count = 0, waiting = protocol.waitingAmount;
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
      assert.equal(turns.length, 0, "one turn at a time");
      turn();
      count++;
      assert.ok(protocol.waitingAmount < waiting);
      waiting = protocol.waitingAmount;
    }
    assert.ok(count >= 16, `${count} turns for 1 MiB`);
    assert.deepEqual([protocol.isSending, log], [false, ["drain"]]);
  });

  it("schedules one turn for any number of calls", () => {
    const { sender, turns } = open();
    for (let call = 0; call < 3; call++) sender.schedule();
    assert.equal(turns.length, 1);
  });

  it("stops while the transport is full, and goes on when it is scheduled again", () => {
    const { protocol, transport, sender, turns, log } = open();
    const waiting = protocol.waitingAmount;
    sender.schedule();
    transport.bufferedAmount = HIGH_WATER_BYTES + 1;
    turns.shift()!();
    assert.deepEqual([protocol.waitingAmount, turns.length, log], [waiting, 0, []]);
    transport.bufferedAmount = 0;
    assert.equal(sender.schedule(), true);
    turns.shift()!();
    assert.ok(protocol.waitingAmount < waiting);
  });

  it("leaves onDrain to the transport when the last slice has filled it", () => {
    const { protocol, transport, sender, turns, log } = open();
    sender.schedule();
    while (turns.length > 0) {
      turns.shift()!();
      if (turns.length === 0) break;
      const { waitingAmount } = protocol;
      if (waitingAmount <= 64 * 1024) {
        const send = protocol.sendNext.bind(protocol);
        protocol.sendNext = () => {
          send();
          if (!protocol.isSending) transport.bufferedAmount = HIGH_WATER_BYTES + 1;
        };
      }
    }
    assert.deepEqual([protocol.isSending, log], [false, []]);
  });

  it("sends nothing once the connection is closing, and reports that nothing waits", () => {
    const { protocol, output, sender, turns } = open();
    sender.schedule();
    protocol.receiveEnd();
    output.take();
    turns.shift()!();
    assert.equal(output.take().length, 0);
    assert.equal(sender.schedule(), false);
  });
});
