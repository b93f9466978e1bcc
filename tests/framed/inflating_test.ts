/**
 * Large compressed messages, and such that are read in parts, are inflated as they arrive.
 * Each test for both roles, on this runtime's zlib.
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { concat } from "../helpers/bits.ts";
import { itEnds } from "../helpers/connections.ts";
import { deflateMessage, frameTo, openDeflated } from "../helpers/deflated_peers.ts";
import { eventually } from "../helpers/waiting.ts";
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
  noisy,
  readRest,
  sendInChunks,
} from "./inflating.ts";

const decoder = new TextDecoder();

for (const role of ["server", "client"] as const) {
  describe(`a large message to a ${role}`, () => {
    itEnds("comes whole, as bytes and as text, and the next may refer to its end", async () => {
      const own = await openDeflated(role);
      const end = encoder.encode("Hello"), all = concat([LARGE, end]);
      for (const opcode of [1, 2]) {
        sendInChunks(own, frameTo(own, deflateMessage(all), { opcode }));
        own.peer.write(frameTo(own, FIVE_AGAIN, { opcode: 1 }));
        const message = await own.connection.read();
        assertBytes(typeof message === "string" ? encoder.encode(message) : message, all);
        assert.equal(typeof message === "string", opcode === 1);
        assert.equal(await own.connection.read(), "Hello");
      }
    });

    itEnds("is the same in any chunks and fragments, with pings between", async () => {
      const deflated = deflateMessage(LARGE);
      for (const [frames, chunkBytes] of [[1, 999], [3, 65_521], [7, 300_000], [40, 5_000]]) {
        const own = await openDeflated(role);
        const size = Math.ceil(deflated.length / frames!), sent: Uint8Array[] = [];
        for (let at = 0; at < deflated.length; at += size) {
          const fin = at + size >= deflated.length, isFirst = at === 0;
          const kind = { fin, isDeflated: isFirst, opcode: isFirst ? 2 : 0 };
          sent.push(frameTo(own, deflated.subarray(at, at + size), kind));
          sent.push(frameTo(own, Uint8Array.of(120), { isDeflated: false, opcode: 9 }));
        }
        sendInChunks(own, concat(sent), chunkBytes);
        assertBytes(await own.connection.read(), LARGE);
        await eventually("a pong for each ping", async () => {
          const pongs = (await own.peer.frames()).filter((frame) => frame.startsWith("pong"));
          return pongs.length === frames;
        });
      }
    });

    itEnds("is a stream that begins long before its last bytes", async () => {
      const own = await openDeflated(role);
      const text = "äöü€😀".repeat(50_000),
        frame = frameTo(own, deflateMessage(noisy(text)), { opcode: 1 });
      const reading = nextReader(own.connection);
      sendInChunks(own, frame.subarray(0, frame.length / 2));
      const reader = await reading, first = await reader.read();
      assert.ok(!first.done && first.value.length > 0);
      sendInChunks(own, frame.subarray(frame.length / 2));
      const parts = [first.value, ...await readRest(reader)];
      assert.ok(parts.length > 2);
      assert.equal(parts.join(""), decoder.decode(noisy(text)));
    });

    itEnds("that was small on the wire still is a stream, as nobody read yet", async () => {
      const own = await openDeflated(role, { maxMessageBytes: 1000 });
      own.peer.write(frameTo(own, deflateMessage(new Uint8Array(4 * MIB))));
      await letZlibWork();
      const reader = await nextReader(own.connection);
      assertBytes(bytesOf(await readRest(reader)), new Uint8Array(4 * MIB));
    });

    itEnds("waits on the wire while its stream is not read", async () => {
      const own = await openDeflated(role);
      own.peer.write(frameTo(own, deflateMessage(new Uint8Array(64 * MIB))));
      const reader = await nextReader(own.connection);
      await eventually("a transport that is paused", () => own.transport.isPaused);
      let most = 0, length = 0;
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        most = Math.max(most, next.value.length);
        length += next.value.length;
      }
      assert.ok(most <= 256 * 1024, `${most} bytes in one part`);
      assert.equal(length, 64 * MIB);
    });

    itEnds("may be cancelled in the middle, and the next may refer to its end", async () => {
      for (const parameters of ["", "; client_no_context_takeover; server_no_context_takeover"]) {
        const own = await openDeflated(role, { parameters });
        const frame = frameTo(own, deflateMessage(concat([LARGE, encoder.encode("Hello")])));
        const reading = nextReader(own.connection);
        sendInChunks(own, frame.subarray(0, 100_000));
        const reader = await reading;
        await reader.read();
        await reader.cancel();
        sendInChunks(own, frame.subarray(100_000));
        if (parameters === "") own.peer.write(frameTo(own, FIVE_AGAIN, { opcode: 1 }));
        else own.peer.write(frameTo(own, deflateMessage("Hello"), { opcode: 1 }));
        assert.equal(await own.connection.read(), "Hello");
      }
    });

    itEnds("comes fragment by fragment, each what its frame inflates to", async () => {
      const own = await openDeflated(role);
      const parts = [LARGE.slice(0, 300_000), new Uint8Array(0), LARGE.slice(300_000, 800_000)];
      parts.forEach((part, index) => {
        const deflated = deflateRawSync(part, { finishFlush: constants.Z_SYNC_FLUSH });
        const kind = { fin: index === 2, isDeflated: index === 0, opcode: index === 0 ? 2 : 0 };
        sendInChunks(own, frameTo(own, new Uint8Array(deflated), kind));
      });
      for (const [index, part] of parts.entries()) {
        const fragment = await own.connection.readFragment() ?? assert.fail("none");
        assertBytes(fragment.data, part);
        assert.equal(fragment.final, index === 2);
      }
    });
  });

  describe(`limits of a ${role}`, () => {
    itEnds("take a large message of exactly the limit, and not one more byte", async () => {
      const maxMessageBytes = LARGE.length;
      for (const opcode of [1, 2]) {
        for (const extra of [0, 1]) {
          const own = await openDeflated(role, { maxMessageBytes });
          // Else it waits until somebody says how it is wanted.
          const reading = own.connection.read();
          const content = concat([LARGE, new Uint8Array(extra)]);
          sendInChunks(own, frameTo(own, deflateMessage(content), { opcode }));
          assert.equal((await reading)?.length ?? null, extra === 0 ? maxMessageBytes : null);
          if (extra === 1) assert.equal((await closedBy(own)).code, 1009);
        }
      }
    });

    itEnds("fail a bomb, however it is sent, with 1009", async () => {
      const bomb = deflateMessage(new Uint8Array(128 * MIB));
      for (const maxMessageBytes of [1000, MIB, 4 * MIB]) {
        for (const size of [10_000, bomb.length]) {
          const own = await openDeflated(role, { maxMessageBytes });
          const reading = own.connection.read();
          const fin = size === bomb.length;
          sendInChunks(own, frameTo(own, bomb.subarray(0, size), { fin }));
          if (!fin) {
            const rest = bomb.subarray(size);
            sendInChunks(own, frameTo(own, rest, { isDeflated: false, opcode: 0 }));
          }
          assert.equal(await reading, null);
          const { code, initiator } = await closedBy(own);
          assert.deepEqual([code, initiator], [1009, "local"]);
        }
      }
    });

    itEnds("fail text at a bad byte and at half a character, with 1007", async () => {
      for (const bad of [Uint8Array.of(0xff, 0x61), Uint8Array.of(0xe2, 0x82)]) {
        for (const content of [bad, concat([LARGE.subarray(0, 900_000), bad])]) {
          const own = await openDeflated(role);
          const reading = own.connection.read();
          sendInChunks(own, frameTo(own, deflateMessage(content), { opcode: 1 }));
          assert.equal(await reading, null);
          assert.equal((await closedBy(own)).code, 1007);
        }
      }
    });
  });
}
