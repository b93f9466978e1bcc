/** Checks of options: unknown names, and values of wrong types. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  checkOptions,
  isPem,
  isPrivateKey,
  isSignal,
  isType,
  isWhole,
} from "../src/connection/option_checks.ts";
import { atLeast, type OptionChecks } from "../src/options.ts";
import { suggest } from "../src/connection/suggest.ts";
import { untyped } from "./helpers/untyped.ts";

interface Example {
  hostname?: string;
  maxMessageBytes?: number;
  checkedElsewhere?: unknown;
}

const CHECKS: OptionChecks<Example> = {
  hostname: isType("string"),
  maxMessageBytes: (option, value) => void atLeast(1, option, value),
  checkedElsewhere: null,
};
const check = (options: unknown): void => checkOptions("call", untyped<Example>(options), CHECKS);

describe("checkOptions", () => {
  it("takes known options of the right type, and undefined for each", () => {
    check({});
    check({ hostname: "a", maxMessageBytes: 1, checkedElsewhere: {} });
    check({ hostname: undefined, maxMessageBytes: undefined });
  });

  it("names the call when options are no object", () => {
    for (const options of [undefined, null, "echo", ["echo"], 1, true]) {
      assert.throws(() => check(options), {
        name: "TypeError",
        message: /^call: options must be an object, not /,
      });
    }
  });

  for (
    const [option, hint] of [
      ["hostName", '; did you mean "hostname"?'],
      ["host", '; did you mean "hostname"?'],
      ["maxPayload", '; did you mean "maxMessageBytes"?'],
      ["maxMesageBytes", '; did you mean "maxMessageBytes"?'],
      ["rejectUnauthorized", ""],
      ["__proto_", ""],
      ["somethingElse", ""],
    ] as const
  ) {
    it(`refuses the unknown option ${option}${hint}`, () => {
      assert.throws(() => check({ [option]: undefined }), {
        name: "TypeError",
        message: `call: unknown option "${option}"${hint}`,
      });
    });
  }

  it("names the option when its value is wrong", () => {
    assert.throws(() => check({ hostname: 1 }), /^TypeError: hostname: must be a string, not 1$/);
    assert.throws(
      () => check({ maxMessageBytes: "1" }),
      /^RangeError: maxMessageBytes: .* not "1"$/,
    );
  });
});

describe("checks of single options", () => {
  const throws = (check: (option: string, value: unknown) => void, value: unknown) =>
    assert.throws(() => check("option", value), /^(Type|Range)Error: option: must be /);

  it("isType takes no null for an object", () => {
    isType("object")("option", {});
    throws(isType("object"), null);
    throws(isType("boolean", "object"), "true");
  });

  it("isWhole takes whole numbers of its range", () => {
    isWhole(0, 65_535)("port", 0);
    for (const value of [-1, 65_536, 1.5, NaN, "80", null, 80n]) throws(isWhole(0, 65_535), value);
  });

  it("isSignal takes a signal of any realm", () => {
    isSignal("signal", new AbortController().signal);
    isSignal("signal", { aborted: false });
    for (const value of [1, null, "now", new AbortController()]) throws(isSignal, value);
  });

  it("isPem tells a path from PEM", () => {
    isPem("cert", "-----BEGIN CERTIFICATE-----");
    isPem("cert", new Uint8Array(1));
    for (const value of ["./cert.pem", 1, null]) throws(isPem, value);
  });

  it("isPrivateKey tells a certificate from a key", () => {
    for (const kind of ["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"]) {
      isPrivateKey("key", `-----BEGIN ${kind}-----`);
    }
    isPrivateKey("key", new Uint8Array(1));
    for (const value of ["./key.pem", "-----BEGIN CERTIFICATE-----"]) throws(isPrivateKey, value);
  });
});

describe("suggest", () => {
  it("overlooks case and up to a third of wrong letters", () => {
    assert.equal(suggest("rejectUnauthorized", ["tls", "path"]), '; did you mean "tls"?');
    assert.match(suggest("rejectUnauthorized", ["ca", "dangerouslyAcceptAnyCertificate"]), /Any/);
    assert.equal(suggest("threshold", ["thresholdBytes"]), '; did you mean "thresholdBytes"?');
    assert.equal(suggest("Onmessage".slice(2), ["message"]), '; did you mean "message"?');
    assert.equal(suggest("mesage", ["message", "close"]), '; did you mean "message"?');
    assert.equal(suggest("history", ["message", "close"]), "");
  });

  it("tells where the members of handlers belong", () => {
    const server = ["maxMessageBytes", "port"], client = ["maxMessageBytes", "handler"];
    assert.match(suggest("protocol", server), /^; it belongs to the handler, which is an argument/);
    assert.equal(
      suggest("message", client),
      "; it belongs to the handler: { handler: { message } }",
    );
  });
});
