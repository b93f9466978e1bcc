/**
 * Large compressed messages, and such that are read in parts, are inflated as they arrive.
 * Each test for both roles, on this runtime's zlib.
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import type { WebSocketConnection } from "../../src/handler.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { concat } from "../helpers/bits.ts";
import { causeCode, itEnds } from "../helpers/connections.ts";
import {
  type Deflated,
  deflateMessage,
  frameTo,
  jsonBytes,
  openDeflated,
} from "../helpers/deflated_peers.ts";
import { eventually, staysPending } from "../helpers/waiting.ts";

const MIB = 1024 * 1024;
const LARGE = jsonBytes(MIB - 5);
/** RFC 7692 section 7.2.3.2: an H, and the four bytes that are five back. */
const FIVE_AGAIN = Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00);
const encoder = new TextEncoder(), decoder = new TextDecoder();

/** Sends as a socket would bring it. */
function sendInChunks({ peer }: Deflated, bytes: Uint8Array, chunkBytes = 64 * 1024): void {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    peer.write(bytes.subarray(at, at + chunkBytes));
  }
}

async function nextReader(connection: WebSocketConnection) {
  const stream = await connection.readStream() ?? assert.fail("no message");
  const reader: ReadableStreamDefaultReader<string | Uint8Array> = stream.readable.getReader();
  return reader;
}

async function readRest(reader: ReadableStreamDefaultReader<string | Uint8Array>) {
  const parts: (string | Uint8Array)[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
  }
  return parts;
}

function bytesOf(parts: readonly (string | Uint8Array)[]): Uint8Array {
  return concat(parts.map((part) => typeof part === "string" ? encoder.encode(part) : part));
}

function assertBytes(actual: unknown, expected: Uint8Array): void {
  assert.ok(actual instanceof Uint8Array);
  assert.equal(actual.length, expected.length);
  assert.ok(actual.every((byte, at) => byte === expected[at]), "other bytes");
}

/** zlib works in a thread of its own, which no virtual clock reaches. */
const letZlibWork = (): Promise<boolean> => staysPending(new Promise(() => {}), 20);

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
          const reading = own.connection.read(); // else it waits until somebody says how it is wanted
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

/** Text with something to compress and something that cannot be. */
function noisy(text: string): Uint8Array {
  let state = 7;
  const noise = Array.from({ length: 200_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return String.fromCharCode(32 + state % 90);
  });
  return encoder.encode(text + noise.join("") + text);
}

/** How it ended, once the peer has gone too. */
async function closedBy({ connection, peer }: Deflated) {
  peer.transport.end();
  return await connection.closed;
}
