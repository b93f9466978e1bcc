import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HeaderList } from "../../src/handshake/head.ts";
import {
  formatExtensions,
  getAll,
  getHeader,
  isSameToken,
  isToken,
  listsInclude,
  parseExtensions,
  parseTokens,
  trimSpace,
} from "../../src/handshake/header_values.ts";
import { cpuMs } from "../helpers/cpu_time.ts";

const MEGA = 1 << 20;

describe("getHeader and getAll", () => {
  const headers: HeaderList = [
    ["Host", "a"],
    ["X-List", "1"],
    ["__proto__", "p"],
    ["x-LIST", "2"],
    ["constructor", ""],
  ];
  it("getHeader and getAll find a name in any case (RFC 9110 5.1)", () => {
    assert.equal(getHeader(headers, "hOST"), "a");
    assert.equal(getHeader(headers, "x-list"), "1");
    assert.deepEqual(getAll(headers, "X-List"), ["1", "2"]);
  });
  it("names such as constructor are found only if they were sent", () => {
    assert.equal(getHeader(headers, "__proto__"), "p");
    assert.equal(getHeader(headers, "constructor"), "");
    assert.equal(getHeader(headers, "toString"), null);
    assert.deepEqual(getAll(headers, "hasOwnProperty"), []);
  });
});

describe("isToken (RFC 9110 5.6.2)", () => {
  it("isToken accepts exactly the characters of a token", () => {
    const characters = "!#$%&'*+-.^_`|~0123456789" +
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (let i = 0; i < 0x180; i++) {
      const character = String.fromCharCode(i);
      assert.equal(isToken(character), characters.includes(character), `U+${i.toString(16)}`);
      assert.equal(isToken(`a${character}`), characters.includes(character), `U+${i.toString(16)}`);
    }
    assert.equal(isToken(characters), true);
    assert.equal(isToken(""), false);
  });
});

describe("isSameToken", () => {
  it("isSameToken ignores the case of ASCII letters only", () => {
    assert.equal(isSameToken("WebSocket", "websocket"), true);
    assert.equal(isSameToken("websoc\u212aet", "websocket"), false);
    assert.equal(isSameToken("websocke", "websocket"), false);
    assert.equal(isSameToken("", ""), false);
  });
});

describe("trimSpace", () => {
  it("trimSpace removes spaces and tabs, and no other whitespace", () => {
    assert.equal(trimSpace(" \t a b\t "), "a b");
    assert.equal(trimSpace("\u00a0a\u00a0"), "\u00a0a\u00a0");
    assert.equal(trimSpace(" \t "), "");
  });
});

describe("parseTokens (RFC 9110 5.6.1)", () => {
  for (
    const [values, tokens] of [
      [["chat"], ["chat"]],
      [["chat, superchat"], ["chat", "superchat"]],
      [["chat,superchat", "mqtt"], ["chat", "superchat", "mqtt"]],
      [["\t chat \t,\t superchat \t"], ["chat", "superchat"]],
      [[",, chat ,,, superchat,"], ["chat", "superchat"]],
      [["__proto__, constructor, toString"], ["__proto__", "constructor", "toString"]],
      [["chat, chat"], ["chat", "chat"]],
      [[], null],
      [[""], null],
      [[" , ,"], null],
      [["chat superchat"], null],
      [["chat; superchat"], null],
      [['"chat"'], null],
      [["ch\u00e4t"], null],
      [["chat\u00a0"], null],
    ] as const
  ) {
    it(`${JSON.stringify(values)}`, () => assert.deepEqual(parseTokens(values), tokens));
  }
});

describe("listsInclude", () => {
  for (
    const [values, included] of [
      [["Upgrade"], true],
      [["uPgRaDe"], true],
      [["keep-alive, Upgrade"], true],
      [["keep-alive,\tupgrade ,"], true],
      [["keep-alive", "Upgrade"], true],
      [["h2c, foo/2.0, upgrade"], true],
      [[], false],
      [[""], false],
      [["upgraded"], false],
      [["no upgrade"], false],
      [["upgrade/1"], false],
      [["\u00fcpgrade"], false],
      [["no", "up grade"], false],
    ] as const
  ) {
    it(`${JSON.stringify(values)}: ${included}`, () => {
      assert.equal(listsInclude(values, "upgrade"), included);
    });
  }
});

describe("parseExtensions (RFC 6455 9.1)", () => {
  for (
    const [value, offers] of [
      ["foo", [{ name: "foo", params: [] }]],
      ["foo, bar; baz=2", [{ name: "foo", params: [] }, { name: "bar", params: [["baz", "2"]] }]],
      [
        "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
        [{
          name: "permessage-deflate",
          params: [["client_max_window_bits", true], ["server_max_window_bits", "10"]],
        }],
      ],
      ['foo; a="b"', [{ name: "foo", params: [["a", "b"]] }]],
      ['foo; a="b\\c"', [{ name: "foo", params: [["a", "bc"]] }]],
      ["\t foo ;\ta = b\t; c , bar ", [
        { name: "foo", params: [["a", "b"], ["c", true]] },
        { name: "bar", params: [] },
      ]],
      [", ,foo,,bar,", [{ name: "foo", params: [] }, { name: "bar", params: [] }]],
      ["foo; a; a=1; a", [{ name: "foo", params: [["a", true], ["a", "1"], ["a", true]] }]],
      ["foo, foo", [{ name: "foo", params: [] }, { name: "foo", params: [] }]],
      ["__proto__; constructor=toString", [
        { name: "__proto__", params: [["constructor", "toString"]] },
      ]],
      ["constructor; __proto__", [{ name: "constructor", params: [["__proto__", true]] }]],
      ["", null],
      [" ,, ", null],
      ["foo;", null],
      ["foo;;a", null],
      ["foo; ;a", null],
      ["foo;a=", null],
      ["foo;=a", null],
      ["foo;a=,bar", null],
      ["foo;a=b c", null],
      ["foo bar", null],
      ["foo=1", null],
      ["foo/1", null],
      ['"foo"', null],
      ['foo;"a"', null],
      ['foo;a=""', null],
      ['foo;a="b c"', null],
      ['foo;a="b,c"', null],
      ['foo;a=" b"', null],
      ['foo;a="b\\"c"', null],
      ['foo;a="b\\"', null],
      ['foo;a="b\\\\"', null],
      ['foo;a="b', null],
      ['foo;a="', null],
      [',foo;a="bc', null],
      ['foo;a="b"c', null],
      ['foo;a="b""c"', null],
      ["foo;a=b=c", null],
      ["f\u00f6\u00f6", null],
      ["foo;a=\u00ff", null],
      ['foo;a="\u0080"', null],
      ["foo\u00a0", null],
    ] as const
  ) {
    it(JSON.stringify(value), () => assert.deepEqual(parseExtensions([value]), offers));
  }

  it("repeated fields are joined (11.3.2), and null if one of them is malformed", () => {
    assert.deepEqual(
      parseExtensions(["foo", "bar"])?.map((each) => each.name),
      ["foo", "bar"],
    );
    assert.equal(parseExtensions(["foo", "bar;"]), null);
    assert.equal(parseExtensions([]), null);
  });
});

describe("formatExtensions", () => {
  it("parseExtensions reads what formatExtensions writes", () => {
    const value = "foo; a=1; b, bar, baz; c";
    assert.equal(formatExtensions(parseExtensions([value]) ?? []), value);
    assert.equal(formatExtensions([]), "");
  });
  it("formatExtensions throws for names and values that are not tokens", () => {
    for (const bad of ["", "a b", "a\r\nb", "a;b", "\u00e9", '"a"']) {
      assert.throws(() => formatExtensions([{ name: bad, params: [] }]), TypeError);
      assert.throws(() => formatExtensions([{ name: "a", params: [[bad, true]] }]), TypeError);
      assert.throws(() => formatExtensions([{ name: "a", params: [["b", bad]] }]), TypeError);
    }
  });
});

describe("linear time", () => {
  // CVE-2021-32640, CVE-2020-7662, CVE-2023-26103. Quadratic work on a MiB takes minutes.
  const space = " ".repeat(MEGA);
  for (
    const [name, value] of [
      ["whitespace inside", `b${space}x`],
      ["whitespace before", `${space}x`],
      ["whitespace behind", `x${space}`],
      ["whitespace around commas", `${" ,".repeat(MEGA / 2)}x`],
      ["commas", `x${",".repeat(MEGA)}`],
      ["semicolons", `x${";".repeat(MEGA)}`],
      ["an open quote", `x;a="${"b".repeat(MEGA)}`],
      ["an open quote with escapes", `x;a="${"\\b".repeat(MEGA / 2)}`],
      ["open quotes", `x${';a="'.repeat(MEGA / 4)}`],
      ["escapes", `x;a="${"\\b".repeat(MEGA / 2)}"`],
      ["one token", "x".repeat(MEGA)],
      ["parameters", `x${";a=b".repeat(MEGA / 4)}`],
    ] as const
  ) {
    it(name, () => {
      const before = cpuMs();
      parseTokens([value]);
      listsInclude([value], "y");
      parseExtensions([value]);
      trimSpace(value);
      assert.ok(cpuMs() - before < 5000);
    });
  }
});
