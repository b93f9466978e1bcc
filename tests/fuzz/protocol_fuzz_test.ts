/**
 * Whatever the bytes: chunking never changes what is delivered or sent, nothing throws, memory
 * stays within the limits, and one role decodes what the other encodes.
 *
 * Chunking decides which frames take the fast path of `ShortMessages` and which `FrameDecoder`, so
 * this also shows that both give the same messages.
 *
 * `FUZZ_SEED=7 FUZZ_ROUNDS=100000 node --test tests/fuzz` looks further; each round has its own
 * seed, which a failure names, so that `FUZZ_SEED=that FUZZ_ROUNDS=1` shows it again.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import type { Role } from "../../src/protocol/role.ts";
import { countAllocations } from "../helpers/count_allocations.ts";
import { nameAll } from "../helpers/protocol_events.ts";
import { Endpoint, type EndpointOptions, peerOf } from "../helpers/protocol_recorder.ts";
import { Chance } from "./random_streams.ts";

const SEED = Number(process.env.FUZZ_SEED ?? 6455);
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 600);
const CHUNKINGS = 4;
/** For long runs: some runtimes allow a test five seconds. */
const LIMITED = { timeout: 3_600_000 };
/** More than any conversation needs. */
const AMPLE_BYTES = 16 * 1024 * 1024;
/** The output's first buffer, and a longest control frame. */
const SMALL_BYTES = 1024;

function runRounds(round: (chance: Chance) => void): void {
  for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
    try {
      round(new Chance(seed));
    } catch (cause) {
      throw new Error(`FUZZ_SEED=${seed} FUZZ_ROUNDS=1 shows this again: ${cause}`, { cause });
    }
  }
}

/**
 * How messages are delivered. `"discard"` is left out, because it is not asked about whole
 * messages.
 */
function anyReading(chance: Chance): EndpointOptions {
  return {
    delivery: chance.pick(["message", "message", "fragment", "chunk", "wait"] as const),
    pausing: chance.once(3),
    tuning: { textAcceleration: { maxBatchBytes: chance.pick([0, 40, 1024]) } },
  };
}

function anyRole(chance: Chance): Role {
  return chance.pick(["client", "server"] as const);
}

/** Receives `chunks` as one endpoint; `isClosing` has it send Close first. */
function receive(
  chunks: readonly Uint8Array[],
  role: Role,
  options: EndpointOptions & { isClosing?: boolean },
): Endpoint {
  const endpoint = new Endpoint(role, options);
  if (options.isClosing) endpoint.protocol.sendClose(1000);
  for (const chunk of chunks) endpoint.receive(chunk);
  return endpoint;
}

/** Memory asked for, and kept alive by what was given, is bound by the limit. */
function checkMemory(endpoint: Endpoint, limit: number, largest: number): void {
  const written = 2 * endpoint.output.length;
  const joined = endpoint.delivery === "chunk" ? AMPLE_BYTES : 0; // by the test itself
  const most = Math.max(limit, SMALL_BYTES, written, joined);
  assert.ok(largest <= most, `${largest} bytes allocated, limit ${limit}`);
  for (const data of endpoint.given) {
    if (typeof data === "string") continue;
    if (endpoint.delivery === "message") assert.ok(data.length <= limit);
    assert.ok(data.buffer.byteLength <= 2 * data.length, "a small part keeps a buffer alive");
  }
}

describe(`the protocol under random streams (FUZZ_SEED=${SEED} FUZZ_ROUNDS=${ROUNDS})`, () => {
  it("what one role sends arrives at the other, in every chunking and delivery", LIMITED, () => {
    runRounds((chance) => {
      const role = anyRole(chance), sent = chance.conversation(), reading = anyReading(chance);
      const stream = chance.encode(sent, peerOf(role));
      const options = { ...reading, maxMessageBytes: AMPLE_BYTES };
      const endpoint = receive(chance.cut(stream), role, options);
      const by = reading.delivery === "fragment" ? "fragment" : "message";
      assert.deepEqual(endpoint.events, nameAll(sent, by));
      assert.equal(endpoint.protocol.state, "close" in sent.at(-1)! ? "closed" : "open");
    });
  });

  it(
    "a broken stream has the same result in every chunking, and memory stays within the limit",
    LIMITED,
    () => {
      runRounds((chance) => {
        const role = anyRole(chance), from = chance.once(20) ? role : peerOf(role);
        const stream = chance.mutate(chance.encode(chance.conversation(), from));
        const limit = chance.pick([0, 1, 100, 1_000, 100_000, AMPLE_BYTES]);
        const isClosing = chance.once(10);
        const options = { ...anyReading(chance), maxMessageBytes: limit, isClosing };
        const expected = receive([stream.slice()], role, options).outcome;
        for (let left = CHUNKINGS; left > 0; left--) {
          const chunks = chance.cut(stream);
          const sizes = chunks.map((chunk) => chunk.length).join(" ").slice(0, 200);
          let endpoint: Endpoint | undefined;
          const { largest } = countAllocations(() => endpoint = receive(chunks, role, options));
          checkMemory(endpoint!, limit, largest);
          assert.deepEqual(endpoint!.outcome, expected, `chunks of ${sizes}`);
        }
      });
    },
  );

  it("noise has the same result in every chunking", LIMITED, () => {
    runRounds((chance) => {
      const noise = chance.bytes(chance.below(200)), role = anyRole(chance);
      noise[1] = (noise[1] ?? 0) & 0x7f | (role === "server" ? 0x80 : 0);
      const options = { ...anyReading(chance), maxMessageBytes: chance.below(300) };
      const expected = receive([noise.slice()], role, options).outcome;
      assert.deepEqual(receive(chance.cut(noise), role, options).outcome, expected);
    });
  });

  it("every answer is accepted by the other role", LIMITED, () => {
    runRounds((chance) => {
      const role = anyRole(chance), stream = chance.encode(chance.conversation(), peerOf(role));
      const endpoint = receive(chance.cut(chance.mutate(stream)), role, anyReading(chance));
      const hasEnded = endpoint.protocol.state !== "open";
      const peer = receive([endpoint.output.take()], peerOf(role), {});
      assert.deepEqual(peer.events.filter((event) => event.startsWith("fail")), []);
      assert.equal(peer.protocol.state, hasEnded ? "closed" : "open");
    });
  });
});
