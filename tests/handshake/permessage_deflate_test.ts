/** Agreeing on permessage-deflate, RFC 7692 section 7.1. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatExtensions, parseExtensions } from "../../src/handshake/header_values.ts";
import {
  answerDeflate,
  type DeflateTerms,
  offerDeflate,
  readDeflateAnswer,
} from "../../src/handshake/permessage_deflate.ts";

const FULL = { takeover: true, windowBits: 15 };
const SMALL = { takeover: false, windowBits: 10 };
const full: DeflateTerms = { server: FULL, client: FULL };
const small: DeflateTerms = { server: SMALL, client: SMALL };

function answerTo(offers: string, wanted: DeflateTerms): string | null {
  const answer = answerDeflate(parseExtensions([offers]) ?? [], wanted);
  return answer === null ? null : formatExtensions([answer.response]);
}

const D = "permessage-deflate";
const noTakeover = "server_no_context_takeover; client_no_context_takeover";

describe("answerDeflate (RFC 7692 section 7.1)", () => {
  const rows: [offers: string, wanted: DeflateTerms, response: string | null][] = [
    [D, full, D],
    ["x-webkit-deflate-frame", full, null],
    // 7.1.1: takeover. A server may forbid it either way, also unasked.
    [D, small, `${D}; ${noTakeover}; server_max_window_bits=10`],
    [`${D}; server_no_context_takeover`, full, `${D}; server_no_context_takeover`],
    [`${D}; client_no_context_takeover`, full, `${D}; client_no_context_takeover`],
    [`${D}; client_no_context_takeover=1`, full, null],
    [`${D}; server_no_context_takeover=true`, full, null],
    // 7.1.2.1: the server's window.
    [`${D}; server_max_window_bits=12`, full, `${D}; server_max_window_bits=12`],
    [`${D}; server_max_window_bits=12`, small, `${D}; ${noTakeover}; server_max_window_bits=10`],
    [`${D}; server_max_window_bits=9`, full, `${D}; server_max_window_bits=9`],
    [`${D}; server_max_window_bits=15`, full, `${D}; server_max_window_bits=15`],
    [`${D}; server_max_window_bits`, full, null],
    // zlib has no window of 256 bytes to compress with.
    [`${D}; server_max_window_bits=8`, full, null],
    // 7.1.2.2: the client's window, only where it was offered.
    [`${D}; client_max_window_bits`, full, D],
    [`${D}; client_max_window_bits=9`, full, `${D}; client_max_window_bits=9`],
    [`${D}; client_max_window_bits=8`, full, `${D}; client_max_window_bits=8`],
    // CVE-2026-2229 and its kind; 5.1: a repeated or unknown parameter declines the offer.
    ...["0", "7", "16", "99", "015", "1e1", "-9", "9.0"].flatMap((bits) =>
      ["server", "client"].map((side): [string, DeflateTerms, null] => [
        `${D}; ${side}_max_window_bits=${bits}`,
        full,
        null,
      ])
    ),
    [`${D}; server_max_window_bits=12; server_max_window_bits=12`, full, null],
    [`${D}; __proto__`, full, null],
    [`${D}; constructor=1`, full, null],
    // The first offer that can be kept is taken.
    [`${D}; server_max_window_bits=8, ${D}; wrong, ${D}; client_max_window_bits, ${D}`, full, D],
  ];
  for (const [offers, wanted, response] of rows) {
    it(`${offers} -> ${response}`, () => assert.equal(answerTo(offers, wanted), response));
  }
});

describe("readDeflateAnswer", () => {
  const read = (response: string, wanted: DeflateTerms) =>
    readDeflateAnswer(parseExtensions([response])![0]!, wanted);

  it("an answer may add parameters that were not asked for", () => {
    assert.deepEqual(read(`${D}; ${noTakeover}; server_max_window_bits=9`, full), {
      server: { takeover: false, windowBits: 9 },
      client: { takeover: false, windowBits: 15 },
    });
    assert.equal(read(`${D}; client_max_window_bits=8`, full)?.client.windowBits, 8);
  });

  it("our own wish for no context takeover is kept, whatever the server says", () => {
    const wanted = { ...full, client: { takeover: false, windowBits: 15 } };
    assert.equal(read(D, wanted)?.client.takeover, false);
    assert.equal(read(D, full)?.client.takeover, true);
  });

  it("our own smaller window is kept if the server allows a larger one (7.1.2.2)", () => {
    for (const bits of [10, 11, 15]) {
      const response =
        `${D}; ${noTakeover}; server_max_window_bits=10; client_max_window_bits=${bits}`;
      assert.equal(read(response, small)?.client.windowBits, 10);
    }
  });

  it("an answer that does not fit the offer is refused", () => {
    const answers = [
      "client_max_window_bits",
      "client_max_window_bits=16",
      "unknown",
      "server_max_window_bits=7",
    ];
    for (const answer of answers) assert.equal(read(`${D}; ${answer}`, full), null, answer);
    assert.equal(read(D, small), null, "server_no_context_takeover was asked for");
    assert.equal(
      read(`${D}; ${noTakeover}; server_max_window_bits=11`, small),
      null,
      "asked for 10",
    );
  });

  it("readDeflateAnswer and answerDeflate agree on every pair of wishes", () => {
    const directions = [true, false].flatMap((takeover) =>
      [9, 12, 15].map((windowBits) => ({ takeover, windowBits }))
    );
    const wishes = directions.flatMap((server) => directions.map((client) => ({ server, client })));
    for (const client of wishes) {
      for (const server of wishes) {
        const answer = answerDeflate([offerDeflate(client)], server)!;
        assert.deepEqual(readDeflateAnswer(answer.response, client), answer.terms);
      }
    }
  });
});
