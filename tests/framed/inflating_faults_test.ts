/**
 * Faults in large compressed messages, and connections that end in the middle of one. Each test is
 * for both roles, on this runtime's zlib.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { settle } from "../../src/testing/virtual_clock.ts";
import { concat } from "../helpers/bits.ts";
import { causeCode, itEnds } from "../helpers/connections.ts";
import { type Deflated, deflateMessage, frameTo, openDeflated } from "../helpers/deflated_peers.ts";
import {
  assertBytes,
  bytesOf,
  closedBy,
  encoder,
  FIVE_AGAIN,
  LARGE,
  letZlibWork,
  MIB,
  nextReader,
  readRest,
  sendInChunks,
} from "./inflating.ts";

for (const role of ["server", "client"] as const) {
  describe(`faults of the peers of a ${role}`, () => {
    itEnds("a second message that refers to the first, after one sent as it is", async () => {
      const own = await openDeflated(role);
      own.peer.write(frameTo(own, deflateMessage("Hello"), { opcode: 1 }));
      own.peer.write(frameTo(own, encoder.encode("plain"), { opcode: 1, isDeflated: false }));
      own.peer.write(frameTo(own, FIVE_AGAIN, { opcode: 1 }));
      for (const expected of ["Hello", "plain", "Hello"]) {
        assert.equal(await own.connection.read(), expected);
      }
    });

    itEnds("BFINAL in the middle, small and large, whole and streamed", async () => {
      const pieces = [LARGE.subarray(0, 400_000), LARGE.subarray(400_000, 700_000)];
      for (const [first, second] of [[encoder.encode("one,"), encoder.encode("two")], pieces]) {
        const own = await openDeflated(role);
        const final = new Uint8Array(deflateRawSync(first!, { finishFlush: constants.Z_FINISH }));
        const all = concat([first!, second!]);
        const frame = frameTo(own, concat([final, deflateMessage(second!)]));
        const reading = own.connection.read();
        sendInChunks(own, frame);
        assertBytes(await reading, all);
        const opening = nextReader(own.connection);
        sendInChunks(own, frame, 1021);
        assertBytes(bytesOf(await readRest(await opening)), all);
        own.peer.write(frameTo(own, FIVE_AGAIN));
        assertBytes(await own.connection.read(), concat([encoder.encode("H"), all.slice(-4)]));
      }
    });

    itEnds("BFINAL as the last block, at the end of a chunk", async () => {
      const own = await openDeflated(role);
      const final = deflateRawSync(LARGE, { finishFlush: constants.Z_FINISH });
      for (const end of [[0], []]) {
        const frame = frameTo(own, concat([new Uint8Array(final), Uint8Array.from(end)]));
        const reading = own.connection.read();
        sendInChunks(own, frame.subarray(0, frame.length - end.length));
        await letZlibWork();
        sendInChunks(own, frame.subarray(frame.length - end.length));
        assertBytes(await reading, LARGE);
      }
    });

    itEnds("a message that stops within a block is refused with 1007", async () => {
      const whole = deflateMessage(LARGE);
      for (const left of [1, 2, 100, 10_000]) {
        const own = await openDeflated(role, { maxMessageBytes: 2 * LARGE.length });
        const reading = own.connection.read();
        sendInChunks(own, frameTo(own, whole.subarray(0, whole.length - left)));
        assert.equal(await reading, null);
        assert.equal((await closedBy(own)).code, 1007);
      }
    });

    itEnds("thousands of final blocks are refused with 1007", async () => {
      const own = await openDeflated(role);
      const block = new Uint8Array(deflateRawSync(new Uint8Array(0)));
      const reading = own.connection.read();
      sendInChunks(own, frameTo(own, concat(Array.from({ length: 50_000 }, () => block))));
      assert.equal(await reading, null);
      assert.equal((await closedBy(own)).code, 1007);
    });

    itEnds("BFINAL in what proves large is inflated from the same window again", async () => {
      const own = await openDeflated(role, { maxMessageBytes: 8 * MIB });
      own.peer.write(frameTo(own, deflateMessage("Hello"), { opcode: 1 }));
      const stored = Uint8Array.of(0, 0, 0xff, 0xff, 0x01, 0x02, 0x00, 0xfd, 0xff, 0x58, 0x59);
      const zeros = new Uint8Array(2 * MIB);
      const reading = [own.connection.read(), own.connection.read()];
      own.peer.write(frameTo(own, concat([FIVE_AGAIN, stored, deflateMessage(zeros)])));
      assert.equal(await reading[0], "Hello");
      assertBytes(await reading[1], concat([encoder.encode("HelloXY"), zeros]));
    });

    itEnds("drift: a reference to an earlier message where none was agreed on", async () => {
      const parameters = "; client_no_context_takeover; server_no_context_takeover";
      for (const size of [0, 1]) {
        const own = await openDeflated(role, { parameters });
        const reading = own.connection.read(), hello = encoder.encode("Hello");
        sendInChunks(
          own,
          frameTo(own, deflateMessage(size === 0 ? hello : concat([LARGE, hello]))),
        );
        assert.equal((await reading)?.length, size * LARGE.length + 5);
        own.peer.write(frameTo(own, FIVE_AGAIN));
        assert.equal(await own.connection.read(), null);
        assert.equal((await closedBy(own)).code, 1007);
      }
    });

    itEnds("drift: what refers to what was never sent compressed fails with 1007", async () => {
      const own = await openDeflated(role);
      own.peer.write(frameTo(own, encoder.encode("Hello"), { opcode: 1, isDeflated: false }));
      own.peer.write(frameTo(own, FIVE_AGAIN, { opcode: 1 }));
      assert.equal(await own.connection.read(), "Hello");
      assert.equal(await own.connection.read(), null);
      assert.equal((await closedBy(own)).code, 1007);
    });
  });

  describe(`the end in the middle of a large message to a ${role}`, () => {
    const half = async (): Promise<Deflated> => {
      const own = await openDeflated(role);
      const frame = frameTo(own, deflateMessage(LARGE));
      sendInChunks(own, frame.subarray(0, frame.length / 2));
      return own;
    };

    itEnds("by close() goes on to the peer's answer", async () => {
      const own = await half();
      const reading = own.connection.read(), closing = own.connection.close(1000);
      assert.equal(await reading, null);
      const rest = frameTo(own, deflateMessage(LARGE));
      sendInChunks(own, rest.subarray(rest.length / 2));
      own.peer.write(frameTo(own, Uint8Array.of(0x03, 0xe8), { isDeflated: false, opcode: 8 }));
      own.peer.transport.end();
      const { code, wasClean } = await closing;
      assert.deepEqual([code, wasClean], [1000, true]);
    });

    itEnds("by abort() and by a lost transport fails its stream", async () => {
      for (const how of ["abort", "lose"] as const) {
        const own = await openDeflated(role);
        const opening = nextReader(own.connection);
        const frame = frameTo(own, deflateMessage(LARGE));
        sendInChunks(own, frame.subarray(0, frame.length / 2));
        const reader = await opening;
        await reader.read();
        if (how === "abort") own.connection.abort();
        else own.transport.lose();
        await assert.rejects(readRest(reader), { code: "ERR_TRANSPORT" });
        assert.equal(
          causeCode(await own.connection.closed),
          how === "abort" ? "ERR_ABORTED" : "ERR_TRANSPORT",
        );
      }
    });

    itEnds("by a lost transport, right after its last byte, loses nothing", async () => {
      const own = await openDeflated(role);
      const reading = own.connection.read();
      const last = frameTo(own, deflateMessage("last"), { opcode: 1 });
      own.peer.write(concat([frameTo(own, deflateMessage(LARGE)), last]));
      await settle();
      own.transport.lose();
      assertBytes(await reading, LARGE);
      assert.equal(await own.connection.read(), "last");
      assert.equal(await own.connection.read(), null);
      assert.equal(causeCode(await own.connection.closed), "ERR_TRANSPORT");
    });

    itEnds("by the peer, right after its last byte, loses nothing", async () => {
      const own = await openDeflated(role);
      const reading = own.connection.read();
      sendInChunks(own, frameTo(own, deflateMessage(LARGE)));
      own.peer.write(frameTo(own, deflateMessage("last"), { opcode: 1 }));
      own.peer.transport.end();
      assertBytes(await reading, LARGE);
      assert.equal(await own.connection.read(), "last");
      assert.equal(await own.connection.read(), null);
      assert.equal((await own.connection.closed).code, 1006);
    });

    itEnds("keeps no more of a bomb that nobody reads than the limit", async () => {
      const own = await openDeflated(role);
      own.peer.write(frameTo(own, deflateMessage(new Uint8Array(64 * MIB))));
      const reader = await nextReader(own.connection);
      own.transport.lose();
      assert.equal((await own.connection.closed).code, 1006);
      await assert.rejects(readRest(reader), { code: "ERR_TRANSPORT" });
    });
  });
}
