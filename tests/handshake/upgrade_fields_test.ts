import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UpgradeFields } from "../../src/handshake/upgrade_fields.ts";

/** All names, by where their value is found. */
const NAMES = {
  host: "Host",
  origin: "Origin",
  upgrade: "Upgrade",
  connection: "Connection",
  contentLength: "Content-Length",
  transferEncoding: "Transfer-Encoding",
  key: "Sec-WebSocket-Key",
  version: "Sec-WebSocket-Version",
  protocol: "Sec-WebSocket-Protocol",
  extensions: "Sec-WebSocket-Extensions",
} as const;

function read(lines: string): UpgradeFields {
  const fields = UpgradeFields.read(`GET / HTTP/1.1\r\n${lines}`);
  return typeof fields === "string" ? assert.fail(fields) : fields;
}

describe("UpgradeFields", () => {
  it("names the rule that a line breaks, whatever its field", () => {
    for (const [rule, line] of [["obsFold", " a: b"], ["fieldName", "a b: c"]] as const) {
      assert.equal(UpgradeFields.read(`GET / HTTP/1.1\r\nx: y\r\n${line}\r\n`), rule);
    }
  });

  for (const [property, name] of Object.entries(NAMES)) {
    const none = Object.fromEntries(Object.keys(NAMES).map((each) => [each, null]));

    it(`finds ${name} in any case, once and more often`, () => {
      for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
        const once = read(`a: b\r\n${written}: c\r\n\r\n`);
        assert.deepEqual({ ...once }, { ...none, [property]: "c" });
      }
      const twice = read(`${name}: c\r\n${name}: d\r\n\r\n`);
      assert.deepEqual({ ...twice }, { ...none, [property]: ["c", "d"] });
    });

    it(`takes no other for ${name}`, () => {
      const other = `${name.slice(0, -1)}_`, longer = `${name}s`, shorter = name.slice(1);
      const lines = [other, longer, shorter].map((each) => `${each}: c`);
      const text = [...lines, "", `${name}: c`].join("\r\n");
      assert.deepEqual({ ...read(text) }, none);
    });
  }
});
