/**
 * Large messages are compressed in slices, a turn of the event loop between two: nothing
 * else waits for the whole of one, and all that was sent comes in its order.
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { constants, createInflateRaw, type InflateRaw } from "node:zlib";
import { FrameDecoder, type FrameSink } from "../../src/protocol/frame_decoder.ts";
import type { FrameHeader } from "../../src/protocol/frame_header.ts";
import { concat } from "../helpers/bits.ts";
import { isSettled, itEnds, rejectsWith } from "../helpers/connections.ts";
import { type Deflated, frameTo, jsonBytes, openDeflated } from "../helpers/deflated_peers.ts";
import { eventually } from "../helpers/waiting.ts";

const MIB = 1024 * 1024;
const SLICE = 64 * 1024;
const LARGE = jsonBytes(MIB + 11);
const encoder = new TextEncoder(), decoder = new TextDecoder();

/** One frame that ours has sent. */
interface Seen {
  readonly opcode: number;
  readonly fin: boolean;
  readonly isDeflated: boolean;
  readonly payload: Uint8Array;
}

/** Waits until the peer has been sent this frame, and gives all up to it. */
async function framesUntil(own: Deflated, isLast: (frame: Seen) => boolean): Promise<Seen[]> {
  let frames: Seen[] = [];
  await eventually("the frame that is waited for", () => {
    frames = readAll(own.peer.bytes.slice());
    return frames.some(isLast);
  });
  return frames;
}

function readAll(bytes: Uint8Array): Seen[] {
  const frames: Seen[] = [];
  let header!: FrameHeader, parts: Uint8Array[] = [];
  const sink: FrameSink = {
    beginFrame(next) {
      header = next;
      return "go";
    },
    onPayload(chunk, start, end, last) {
      parts.push(chunk.slice(start, end));
      const { opcode, fin, rsv } = header;
      if (last) frames.push({ opcode, fin, isDeflated: rsv !== 0, payload: concat(parts) });
      if (last) parts = [];
      return true;
    },
  };
  new FrameDecoder(sink).decode(bytes, 0);
  return frames;
}

const isClose = ({ opcode }: Seen): boolean => opcode === 8;
const says = (text: string) => ({ payload }: Seen): boolean => decoder.decode(payload) === text;

/** Puts messages together as a peer does that keeps one zlib context for the whole connection. */
async function strictMessages(frames: readonly Seen[]): Promise<Uint8Array[]> {
  const context = createInflateRaw({ flush: constants.Z_SYNC_FLUSH });
  const messages: Uint8Array[] = [];
  let parts: Uint8Array[] = [], isDeflated = false;
  for (const frame of frames.filter(({ opcode }) => opcode < 8)) {
    if (frame.opcode > 0) isDeflated = frame.isDeflated;
    parts.push(frame.payload);
    if (!frame.fin) continue;
    const whole = concat(parts);
    const tail = Uint8Array.of(0, 0, 0xff, 0xff);
    messages.push(isDeflated ? await inflate(context, concat([whole, tail])) : whole);
    parts = [];
  }
  context.destroy();
  return messages;
}

function inflate(context: InflateRaw, bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    const take = (part: Uint8Array): void => void parts.push(new Uint8Array(part));
    context.on("data", take);
    context.once("error", reject);
    context.write(bytes, () =>
      setImmediate(() => {
        context.off("data", take);
        resolve(concat(parts));
      }));
  });
}

function assertSame(actual: Uint8Array | undefined, expected: Uint8Array): void {
  assert.equal(actual?.length, expected.length);
  assert.ok(actual!.every((byte, at) => byte === expected[at]), "other bytes");
}

for (const role of ["server", "client"] as const) {
  describe(`a large message from a ${role}`, () => {
    itEnds("goes out in slices, a turn of the event loop between two", async () => {
      const own = await openDeflated(role);
      let turns = 0, isDone = false;
      const count = (): void => {
        turns++;
        if (!isDone) setImmediate(count);
      };
      setImmediate(count);
      const sending = own.connection.send(LARGE);
      assert.equal(own.connection.bufferedAmount, LARGE.length);
      assert.equal(await isSettled(sending), false);
      await sending;
      isDone = true;
      const frames = await framesUntil(own, ({ fin }) => fin);
      assert.equal(own.connection.bufferedAmount, 0);
      assert.equal(frames.length, Math.ceil(LARGE.length / SLICE));
      assert.ok(turns >= frames.length - 2, `${turns} turns`);
      assert.deepEqual(frames.map(({ opcode }) => opcode), frames.map((_, at) => at === 0 ? 2 : 0));
      assert.deepEqual(frames.map((f) => f.isDeflated), frames.map((_, at) => at === 0));
      assertSame((await strictMessages(frames))[0], LARGE);
    });

    itEnds("keeps its place among others, and pings go between", async () => {
      const own = await openDeflated(role);
      const text = "x" + "😀".repeat(SLICE + 5); // each slice would end within a character
      const noise = crypto.getRandomValues(new Uint8Array(1000));
      const sent = ["first ".repeat(50), text, noise, LARGE, "second ".repeat(50), text, "last"];
      const reused = LARGE.slice();
      for (const message of sent) own.connection.send(message === LARGE ? reused : message);
      reused.fill(0);
      const pinging = own.connection.ping("now");
      own.peer.write(frameTo(own, encoder.encode("pong me"), { isDeflated: false, opcode: 9 }));
      const frames = await framesUntil(own, says("last"));
      const messages = await strictMessages(frames);
      sent.forEach((message, index) => {
        assertSame(
          messages[index],
          typeof message === "string" ? encoder.encode(message) : message,
        );
      });
      const places = [says("now"), says("pong me")].map((is) => frames.findIndex(is));
      assert.ok(places.every((at) => at > 0 && at < frames.length / 2), `${places}`);
      own.peer.write(frameTo(own, encoder.encode("now"), { isDeflated: false, opcode: 10 }));
      assert.ok(await pinging >= 0);
    });

    itEnds(
      "and all behind it go out before a Close, ours or the answer to the peer's",
      async () => {
        for (const isOurs of [true, false]) {
          const own = await openDeflated(role);
          const sent = [LARGE, LARGE.slice(5), "last"];
          own.connection.send("small ".repeat(99));
          for (const message of sent) own.connection.send(message);
          await new Promise((resolve) => setImmediate(resolve));
          if (isOurs) own.connection.close();
          else own.peer.write(frameTo(own, new Uint8Array(0), { isDeflated: false, opcode: 8 }));
          const frames = await framesUntil(own, isClose);
          assert.ok(isClose(frames.at(-1)!));
          const [, ...messages] = await strictMessages(frames);
          assertSame(messages[0], LARGE);
          assertSame(messages[1], LARGE.slice(5));
          assertSame(messages[2], encoder.encode("last"));
          own.connection.abort();
        }
      },
    );

    itEnds("may be a part of a longer one; what does not continue it throws", async () => {
      const own = await openDeflated(role), text = decoder.decode(LARGE);
      own.connection.send(text, { final: false });
      await assert.rejects(own.connection.send(LARGE), TypeError);
      own.connection.send(text, { final: false });
      own.connection.send("", { final: true });
      own.connection.send("last");
      const [first] = await strictMessages(await framesUntil(own, says("last")));
      assertSame(first, concat([LARGE, LARGE]));
    });

    itEnds("is one frame when it is not to be compressed", async () => {
      const own = await openDeflated(role);
      await own.connection.send(LARGE, { compress: false });
      const [frame, ...more] = await framesUntil(own, ({ fin }) => fin);
      assert.deepEqual([frame!.isDeflated, more], [false, []]);
      assertSame(frame!.payload, LARGE);
    });

    itEnds("counts as held until it is sent", async () => {
      const own = await openDeflated(role);
      for (let count = 0; count < 3; count++) own.connection.send(LARGE);
      await rejectsWith(own.connection.send(LARGE), "ERR_SEND_LIMIT");
      assert.equal((await own.connection.closed).code, 1006);
    });

    itEnds("is forgotten when the transport is lost", async () => {
      const own = await openDeflated(role);
      const sending = own.connection.send(LARGE);
      await new Promise((resolve) => setImmediate(resolve));
      own.transport.lose();
      await rejectsWith(sending, "ERR_CLOSED");
      await own.connection.closed;
      assert.equal(own.connection.bufferedAmount, 0);
    });
  });
}
