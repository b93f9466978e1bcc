/** The header of the PROXY protocol (proxy-protocol.txt, sections 2.1 and 2.2). @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readProxyHeader } from "../../src/handshake/proxy_header.ts";

const text = (line: string): Uint8Array => new TextEncoder().encode(line);
const SIGNATURE = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10];
const binary = (...bytes: number[]): Uint8Array => Uint8Array.from([...SIGNATURE, ...bytes]);
const tcp = (hostname: string, port: number) => ({ transport: "tcp", hostname, port });
const V4 = [192, 0, 2, 1, 192, 0, 2, 2, 0x12, 0x34, 0x01, 0xbb];
const V6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

const RIGHT = [
  ["TCP4", text("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n"), tcp("192.0.2.1", 56324)],
  ["TCP6", text("PROXY TCP6 2001:db8::1 ::1 56324 443\r\n"), tcp("2001:db8::1", 56324)],
  ["UNKNOWN", text("PROXY UNKNOWN\r\n"), null],
  ["UNKNOWN with anything", text("PROXY UNKNOWN ffff:f...f:ffff\r\n"), null],
  ["version 2, IPv4", binary(0x21, 0x11, 0, 12, ...V4), tcp("192.0.2.1", 0x1234)],
  [
    "version 2, IPv4 with TLVs",
    binary(0x21, 0x11, 0, 15, ...V4, 4, 0, 0),
    tcp("192.0.2.1", 0x1234),
  ],
  [
    "version 2, IPv6",
    binary(0x21, 0x21, 0, 36, ...V6, ...V6, 0x12, 0x34, 1, 0xbb),
    tcp("2001:db8:0:0:0:0:0:1", 0x1234),
  ],
  ["version 2, LOCAL", binary(0x20, 0, 0, 0), null],
  ["version 2, unspecified", binary(0x21, 0, 0, 0), null],
] as const;

describe("readProxyHeader", () => {
  for (const [name, bytes, source] of RIGHT) {
    it(`reads ${name}, whatever follows`, () => {
      const followed = new Uint8Array([...bytes, ...text("GET / HTTP/1.1\r\n")]);
      assert.deepEqual(readProxyHeader(followed), { state: "read", length: bytes.length, source });
    });

    it(`waits for all of ${name}`, () => {
      for (let length = 0; length < bytes.length; length++) {
        assert.deepEqual(
          readProxyHeader(bytes.subarray(0, length)),
          { state: "more" },
          `${length}`,
        );
      }
    });
  }

  for (
    const [name, bytes] of [
      ["a request", text("GET / HTTP/1.1\r\n")],
      ["a line without its end", text(`PROXY TCP4 ${"1".repeat(120)}`)],
      ["another family", text("PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n")],
      ["a name for an address", text("PROXY TCP4 localhost 192.0.2.2 1 2\r\n")],
      ["three parts", text("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n")],
      ["another signature", Uint8Array.from([13, 10, 13, 10, 1])],
      ["version 3", binary(0x31, 0x11, 0, 12, ...V4)],
    ] as const
  ) {
    it(`refuses ${name}`, () => {
      assert.deepEqual(readProxyHeader(bytes), { state: "wrong" });
    });
  }
});
