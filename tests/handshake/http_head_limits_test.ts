/**
 * `HeadReader`: its limits, and what follows a head.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type HeadProgress, HeadReader } from "../../src/handshake/http_head.ts";
import { stringToLatin1 } from "../../src/handshake/latin1.ts";
import { headValue } from "../helpers/head_value.ts";
import {
  assertRead,
  assertRefused,
  GET,
  NO_REST,
  readHead,
  request,
  response,
} from "./read_head.ts";
import { cpuMs } from "../helpers/cpu_time.ts";

describe("HeadReader: limits", () => {
  const head = `${GET}a: bcd\r\n\r\n`;
  const read = {
    state: "request",
    head: { method: "GET", target: "/", headers: [["a", "bcd"]] },
    rest: NO_REST,
  } as const;

  it("a head of exactly maxHeadBytes is accepted, and not one byte more", () => {
    assertRead({ ...request, maxHeadBytes: head.length }, head, read);
    assertRefused({ ...request, maxHeadBytes: head.length - 1 }, head, "headTooLarge");
  });

  it("exactly maxHeaderFields are accepted, and not one more", () => {
    const fields = `${GET}${"a: b\r\n".repeat(3)}\r\n`;
    assert.equal(
      readHead({ ...request, maxHeaderFields: 3 }, [stringToLatin1(fields)]).state,
      "request",
    );
    assertRefused({ ...request, maxHeaderFields: 2 }, fields, "tooManyFields");
  });

  it("the fields of each interim response are counted alone", () => {
    const fields = "a:\r\n".repeat(3);
    const bytes = stringToLatin1(`HTTP/1.1 100 \r\n${fields}\r\nHTTP/1.1 101 \r\n${fields}\r\n`);
    const progress = readHead({ ...response, maxHeaderFields: 3 }, [bytes]);
    assert.equal(progress.state, "response");
  });

  it("a request line above the limit is answered by 414 (RFC 9110 15.5.15)", () => {
    const long = `GET /${"a".repeat(80)} HTTP/1.1\r\n\r\n`;
    assertRefused({ ...request, maxHeadBytes: 64 }, long, "targetTooLong");
    assertRefused({ ...response, maxHeadBytes: 64 }, `HTTP/1.1 200 ${long}`, "headTooLarge");
  });

  it("empty lines and interim responses count towards the limit", () => {
    assertRefused({ ...request, maxHeadBytes: 64 }, "\r\n".repeat(40), "targetTooLong");
    const interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(4);
    assertRefused({ ...response, maxHeadBytes: 64 }, interim, "headTooLarge");
  });

  it("the default limits are 16 KiB and 100 fields", () => {
    const fits = `${GET}a: ${"b".repeat(16384 - GET.length - 7)}\r\n\r\n`;
    assert.equal(fits.length, 16384);
    assert.equal(readHead(request, [stringToLatin1(fits)]).state, "request");
    assert.equal(readHead(request, [stringToLatin1(fits.replace("b", "bb"))]).state, "refused");
    const fields = (n: number) => stringToLatin1(`${GET}${"a:\r\n".repeat(n)}\r\n`);
    assert.equal(readHead(request, [fields(100)]).state, "request");
    assert.equal(readHead(request, [fields(101)]).state, "refused");
  });

  it("20 MB byte by byte take linear time if the limit allows them (CVE-2023-43669)", () => {
    const length = 20_000_000;
    const reader = new HeadReader({ kind: "request", maxHeadBytes: length });
    reader.push(stringToLatin1(`${GET}a: `));
    const byte = new Uint8Array([0x62]);
    const before = cpuMs();
    let progress: HeadProgress = { state: "more" };
    for (let i = 0; i < length && progress.state === "more"; i++) progress = reader.push(byte);
    assert.deepEqual(progress, { state: "refused", status: 431, reason: "headTooLarge" });
    assert.ok(cpuMs() - before < 20_000);
  });

  it("20 MB are refused at the limit, in one chunk and byte by byte", () => {
    const flood = new Uint8Array(20_000_000).fill(0x61);
    assert.equal(new HeadReader(request).push(flood).state, "refused");
    const reader = new HeadReader(request);
    let pushed = 0;
    while (reader.push(flood.subarray(pushed, pushed + 1)).state === "more") pushed++;
    assert.equal(pushed, 16383);
  });
});

describe("HeadReader: afterwards", () => {
  it("a refusal is returned again for later bytes", () => {
    const reader = new HeadReader(request);
    const refused = reader.push(stringToLatin1("\n"));
    assert.equal(reader.push(stringToLatin1(`${GET}\r\n`)), refused);
  });

  it("reset begins anew, whatever came before", () => {
    const bytes = stringToLatin1("GET /a HTTP/1.1\r\nb: c\r\n\r\n");
    for (
      const before of [
        "",
        "\r\n",
        "GET",
        "GET / HTTP/1.1\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\na: \xff\r",
        "\n",
      ]
    ) {
      const reader = new HeadReader({ ...request, maxHeadBytes: bytes.length, maxHeaderFields: 1 });
      reader.push(stringToLatin1(before));
      reader.reset();
      const progress = reader.push(bytes.slice());
      if (progress.state !== "request") assert.fail(`${JSON.stringify(before)}: ${progress.state}`);
      const expected = { method: "GET", target: "/a", headers: [["b", "c"]] };
      assert.deepEqual(headValue(progress.head), expected);
    }
  });

  it("push throws a TypeError after a complete head", () => {
    const reader = new HeadReader(request);
    reader.push(stringToLatin1(`${GET}a: b\r\n\r\n`));
    assert.throws(() => reader.push(new Uint8Array(1)), TypeError);
  });
});
