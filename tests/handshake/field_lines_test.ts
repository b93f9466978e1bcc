import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  FieldLines,
  type FieldValue,
  hasToken,
  isRepeated,
  toList,
} from "../../src/handshake/field_lines.ts";

function linesOf(text: string): FieldLines {
  return new FieldLines(`GET / HTTP/1.1\r\n${text}`);
}

describe("FieldLines", () => {
  it("each line has its name, the length of the name, and its value", () => {
    const lines = linesOf("Host: \t a b \t\r\nX:\r\nlast:c");
    assert.ok(lines.next());
    assert.deepEqual([lines.isNamed("host"), lines.nameLength, lines.value], [true, 4, "a b"]);
    assert.ok(lines.next());
    assert.deepEqual([lines.isNamed("x"), lines.nameLength, lines.value], [true, 1, ""]);
    assert.ok(lines.next());
    assert.deepEqual([lines.isNamed("last"), lines.nameLength, lines.value], [true, 4, "c"]);
    assert.equal(lines.next(), false);
    assert.equal(lines.next(), false);
  });

  it("a head of one line has no fields", () => {
    for (const text of ["", "\r\n", "\r\nHost: a"]) assert.equal(linesOf(text).next(), false, text);
    assert.equal(new FieldLines("").next(), false);
  });

  it("isNamed accepts a name in any case, and no other name", () => {
    for (const name of ["sec-websocket-key", "SEC-WEBSOCKET-KEY", "Sec-WebSocket-Key"]) {
      const lines = linesOf(`${name}: a`);
      lines.next();
      assert.ok(lines.isNamed("sec-websocket-key"), name);
    }
    for (const name of ["sec-websocket-kez", "secMwebsocketMkey", "sec-websoc\u212aet-key"]) {
      const lines = linesOf(`${name}: a`);
      lines.next();
      assert.equal(lines.isNamed("sec-websocket-key"), false, name);
    }
  });

  for (
    const [fault, text] of [
      [null, "a: b"],
      [null, "a:"],
      ["obsFold", " a: b"],
      ["obsFold", "\ta: b"],
      ["fieldName", "a"],
      ["fieldName", ": b"],
      ["fieldName", "a : b"],
      ["fieldName", "a b: c"],
      ["fieldName", "\u00e4: b"],
    ] as const
  ) {
    it(`finds ${fault ?? "no fault"} in ${JSON.stringify(text)}`, () => {
      const lines = linesOf(`x: y\r\n${text}\r\n`);
      lines.next();
      assert.equal(lines.fault, null);
      lines.next();
      assert.equal(lines.fault, fault);
      assert.deepEqual(
        linesOf(`x: y\r\n${text}`).toList(),
        fault ?? [["x", "y"], ["a", text.slice(3)]],
      );
    });
  }

  it("the values of a repeated field stay in order", () => {
    const lines = linesOf("a: 1\r\na: 2\r\na: 3");
    let values: FieldValue = null;
    const seen: FieldValue[] = [];
    while (lines.next()) seen.push(values = lines.after(values));
    assert.deepEqual(seen, ["1", ["1", "2"], ["1", "2", "3"]]);
    assert.deepEqual(seen.map(isRepeated), [false, true, true]);
    assert.equal(isRepeated(null), false);
    assert.deepEqual([null, ...seen].map(toList), [[], ["1"], ["1", "2"], ["1", "2", "3"]]);
  });
});

describe("hasToken", () => {
  it("hasToken finds a token in a value, a list and several lists", () => {
    for (const value of ["Upgrade", "keep-alive, UPGRADE", ["keep-alive", "x,upgrade"]]) {
      assert.ok(hasToken(value, "upgrade"), JSON.stringify(value));
    }
    for (const value of [null, "", "upgraded", ["up", "grade"]]) {
      assert.equal(hasToken(value, "upgrade"), false, JSON.stringify(value));
    }
  });
});
