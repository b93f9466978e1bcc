/** Every row of the tables, both ways: chunking never changes what is heard or answered. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CloseCode } from "../../src/protocol/close_code.ts";
import type { Role } from "../../src/protocol/role.ts";
import { bits, concat } from "../helpers/bits.ts";
import { everyChunking } from "../helpers/chunk_splitter.ts";
import { nameAll, nameFailure, type Sent, toHex } from "../helpers/protocol_events.ts";
import {
  Endpoint,
  type EndpointOptions,
  peerOf,
  PLAIN_VIOLATIONS,
} from "../helpers/protocol_recorder.ts";
import { HEADER_LIMITS, INVALID_FRAMES, WHOLE_MESSAGE_LIMITS } from "../vectors/invalid_frames.ts";
import { VALID_FRAMES } from "../vectors/valid_frames.ts";
import type { Vector } from "../vectors/vector.ts";

const ROLES: readonly Role[] = ["client", "server"];
const READINGS: readonly EndpointOptions[] = [
  { delivery: "message" },
  { delivery: "message", pausing: true },
  { delivery: "fragment" },
  { delivery: "fragment", pausing: true },
  { delivery: "chunk" },
  { delivery: "chunk", pausing: true },
  { delivery: "wait" },
];
const HELD_READINGS = READINGS.filter(({ delivery }) => delivery !== "chunk");
const WHOLE_READINGS = READINGS.filter(({ delivery }) =>
  delivery === "message" || delivery === "wait"
);

function* senders(vector: Vector): Generator<Role> {
  for (const role of ROLES) if ((vector.from ?? role) === role) yield role;
}

/** The required answer to a row: a pong for each ping, Close for Close or for a failure. */
function expectedAnswers(vector: Vector, told: readonly Sent[], role: Role): string {
  const endpoint = new Endpoint(role);
  for (const sent of told) {
    if ("ping" in sent) endpoint.send({ pong: sent.ping });
    else if ("close" in sent) endpoint.send({ close: sent.close });
  }
  if (vector.fails) endpoint.send({ close: [vector.fails.code, vector.fails.text] });
  return toHex(endpoint.output.take());
}

/** Rows of long payloads are read in fewer ways: their bytes are all alike. */
const LONG_BYTES = 1_000;
/** Long work on a busy machine: some runtimes allow a test five seconds. */
const PATIENT = { timeout: 60_000 };

function checkReceiving(vector: Vector, from: Role, reading: EndpointOptions): void {
  const role = peerOf(from), { fails, maxMessageBytes } = vector;
  const told = vector.sends ?? vector.hears ?? [];
  const events = nameAll(told, reading.delivery === "fragment" ? "fragment" : "message");
  if (fails) events.push(nameFailure(fails));
  const isClosed = told.some((sent) => "close" in sent);
  const expected = {
    events,
    output: expectedAnswers(vector, told, role),
    state: fails ? "failed" : isClosed ? "closed" : "open",
  };
  const stream = bits(vector.bits, from);
  if (stream.length > LONG_BYTES && reading.pausing) return;
  // The first byte of a frame that never comes must not change anything.
  for (const trailing of [Uint8Array.of(0x89), Uint8Array.of()]) {
    if (stream.length > LONG_BYTES && trailing.length === 0) return;
    for (const { name, chunks } of everyChunking(concat([stream, trailing]))) {
      // The second writes into the chunks.
      for (const way of ["receiveInPlace", "receive"] as const) {
        const endpoint = new Endpoint(role, { ...reading, maxMessageBytes });
        for (const chunk of chunks) endpoint[way](chunk);
        assert.deepEqual(
          endpoint.outcome,
          expected,
          `${name}, ${trailing.length} trailing, ${way}`,
        );
      }
    }
  }
}

function describeRows(title: string, rows: readonly Vector[], readings = READINGS): void {
  describe(title, () => {
    for (const vector of rows) {
      for (const from of senders(vector)) {
        it(`${vector.section} ${vector.name}, from a ${from}`, PATIENT, () => {
          for (const reading of readings) checkReceiving(vector, from, reading);
        });
      }
    }
  });
}

describeRows("decoding valid frames", VALID_FRAMES);
describeRows("decoding invalid frames", INVALID_FRAMES);
describeRows("decoding frames above the limit", HEADER_LIMITS, HELD_READINGS);
describeRows("decoding messages above the limit", WHOLE_MESSAGE_LIMITS, WHOLE_READINGS);

describe("encoding valid frames", () => {
  for (const vector of VALID_FRAMES) {
    if (!vector.sends) continue;
    for (const from of senders(vector)) {
      it(`${vector.section} ${vector.name}, from a ${from}`, () => {
        const endpoint = new Endpoint(from);
        for (const sent of vector.sends!) endpoint.send(sent);
        assert.equal(toHex(endpoint.output.take()), toHex(bits(vector.bits, from)));
      });
    }
  }
});

describe("the tables", () => {
  it("the tables break every rule at least once", () => {
    const rows = [...INVALID_FRAMES, ...HEADER_LIMITS, ...WHOLE_MESSAGE_LIMITS];
    const broken = new Set(rows.map((row) => row.fails));
    assert.deepEqual(PLAIN_VIOLATIONS.filter((rule) => !broken.has(rule)), []);
  });

  it("violations have the close codes 1002, 1007 and 1009", () => {
    const codes = new Set(PLAIN_VIOLATIONS.map((violation) => violation.code));
    assert.deepEqual([...codes].sort(), [
      CloseCode.ProtocolError,
      CloseCode.InvalidFramePayloadData,
      CloseCode.MessageTooBig,
    ]);
  });
});
