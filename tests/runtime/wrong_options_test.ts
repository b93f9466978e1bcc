/**
 * Every option of every public function of this runtime, with values of every wrong type: an
 * error at the call that names the option.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect, serve } from "../../mod.ts";
import { CONNECT_CHECKS } from "../../src/client/connect_options.ts";
import { SERVE_CHECKS } from "../../src/server/serve_options.ts";
import { UPGRADE_CHECKS } from "../../src/server/upgrade_options.ts";
import { mount as mountWeb } from "../../src/runtime/web/mod.ts";
import { untyped } from "../helpers/untyped.ts";
import { ownRuntimeName } from "../helpers/own_runtime_name.ts";

const runtime = ownRuntimeName();
const { mount } = await import(`../../src/runtime/${runtime}/mod.ts`);
const HANDLER = { message() {} };
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  NaN,
  "",
  "yes",
  1n,
  Symbol("s"),
  [],
  {},
  () => 1,
];

/** Values that an option takes, besides those that no option takes. */
const RIGHT: Readonly<Record<string, (value: unknown) => boolean>> = {
  allowNoProtocol: (value) => typeof value === "boolean",
  allowedHosts: (value) => Array.isArray(value),
  allowedOrigins: (value) => typeof value === "function" || Array.isArray(value),
  compression: (value) => typeof value === "boolean" || isObject(value),
  fetch: (value) => typeof value === "function",
  handler: isObject,
  http2: (value) => typeof value === "boolean" || (isObject(value) && !Array.isArray(value)),
  address: (value) => typeof value === "string",
  headers: isObject,
  localAddress: (value) => typeof value === "string",
  lookup: (value) => typeof value === "function",
  maxRedirects: (value) => value === 0,
  proxy: (value) => value === null || typeof value === "string",
  hostname: (value) => typeof value === "string",
  match: (value) => typeof value === "string" || typeof value === "function" || isObject(value),
  onError: (value) => typeof value === "function",
  onRefuse: (value) => typeof value === "function",
  protocolRequired: (value) => typeof value === "boolean",
  trustedProxies: (value) => Array.isArray(value),
  path: (value) => typeof value === "string",
  port: (value) => value === 0,
  proxyProtocol: (value) => typeof value === "boolean",
  protocols: (value) => typeof value === "string" || isObject(value),
  request: isObject,
  reusePort: (value) => typeof value === "boolean",
  tls: (value) => isObject(value) && !Array.isArray(value),
};
const IS_ZERO_RIGHT = new Set(["closeTimeoutMs", "maxConnections"]);

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function wrongValuesOf(option: string): readonly unknown[] {
  return VALUES.filter((value) =>
    !RIGHT[option]?.(value) && !(value === 0 && IS_ZERO_RIGHT.has(option))
  );
}

type Call = (options: Readonly<Record<string, unknown>>) => unknown;
const CALLS: readonly (readonly [name: string, options: readonly string[], call: Call])[] = [
  ["serve", Object.keys(SERVE_CHECKS), (options) => serve(untyped(options), HANDLER)],
  ["mount", Object.keys(UPGRADE_CHECKS), (options) => mount(options, HANDLER)],
  ["mount of ./web", Object.keys(UPGRADE_CHECKS), (options) => mountWeb(untyped(options), HANDLER)],
  [
    "connect",
    Object.keys(CONNECT_CHECKS),
    (options) => connect("ws://127.0.0.1:1/", untyped(options)),
  ],
];

describe("serve with tls", () => {
  it("asks for both cert and key", async () => {
    const cert = "-----BEGIN CERTIFICATE-----", key = "-----BEGIN PRIVATE KEY-----";
    for (const tls of [{}, { cert }, { key }]) {
      await assert.rejects(async () => await serve({ tls: untyped(tls) }, HANDLER), {
        name: "TypeError",
        message: "tls: must have cert and key, both PEM",
      });
    }
  });
});

for (const [name, options, call] of CALLS) {
  describe(name, () => {
    for (const option of options) {
      it(`names ${option} when its type is wrong`, async () => {
        for (const value of wrongValuesOf(option)) {
          await assert.rejects(async () => await call({ [option]: value }), (error: Error) => {
            const what = `${String(value)}: ${error.name}: ${error.message}`;
            assert.ok(["TypeError", "RangeError"].includes(error.name), what);
            assert.match(error.message, new RegExp(`\\b${option}\\b`), what);
            return true;
          });
        }
      });
    }

    it("names an option that is not known, and the nearest that is", async () => {
      await assert.rejects(async () => await call({ maxMessageByte: 1 }), {
        name: "TypeError",
        message: /unknown option "maxMessageByte"; did you mean "maxMessageBytes"\?/,
      });
    });

    it("takes no array and no null for options", async () => {
      await assert.rejects(async () => await call(untyped(["echo"])), /options must be an object/);
      await assert.rejects(async () => await call(untyped(null)), TypeError);
    });
  });
}
