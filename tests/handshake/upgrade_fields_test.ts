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

describe("UpgradeFields", () => {
  for (const [property, name] of Object.entries(NAMES)) {
    const none = Object.fromEntries(Object.keys(NAMES).map((each) => [each, null]));

    it(`finds ${name} in any case, once and more often`, () => {
      for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
        const once = new UpgradeFields(`GET / HTTP/1.1\r\na: b\r\n${written}: c\r\n\r\n`);
        assert.deepEqual({ ...once }, { ...none, [property]: "c" });
      }
      const twice = new UpgradeFields(`GET / HTTP/1.1\r\n${name}: c\r\n${name}: d\r\n\r\n`);
      assert.deepEqual({ ...twice }, { ...none, [property]: ["c", "d"] });
    });

    it(`takes no other for ${name}`, () => {
      const other = `${name.slice(0, -1)}_`, longer = `${name}s`, shorter = name.slice(1);
      const lines = [other, longer, shorter].map((each) => `${each}: c`);
      const folded = [` ${name}: c`, `${name} : c`, name];
      const text = ["GET / HTTP/1.1", ...lines, ...folded, "", `${name}: c`].join("\r\n");
      assert.deepEqual({ ...new UpgradeFields(text) }, none);
    });
  }
});
