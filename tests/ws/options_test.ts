/**
 * The options of `ws`: each is translated, or throws by its name.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WebSocket, WebSocketServer } from "../../src/ws/mod.ts";

/** All options of a server in the documentation of ws 8.23. */
const SERVER_OPTIONS: Readonly<Record<string, unknown>> = {
  allowSynchronousEvents: false,
  autoPong: false,
  backlog: 10,
  clientTracking: false,
  closeTimeout: 1,
  handleProtocols: () => false,
  maxBufferedChunks: 1,
  maxFragments: 1,
  maxPayload: 1,
  maxPendingAutoPongs: 1,
  path: "/",
  perMessageDeflate: true,
  skipUTF8Validation: true,
  verifyClient: () => true,
  WebSocket,
};

const NOT_OF_SERVERS = [
  "allowSynchronousEvents",
  "autoPong",
  "skipUTF8Validation",
];

/** Options of a client of `ws` that are not supported. */
const NOT_OF_CLIENTS: Readonly<Record<string, unknown>> = {
  agent: {},
  allowSynchronousEvents: false,
  autoPong: false,
  checkServerIdentity: () => undefined,
  createConnection: () => {},
  finishRequest: () => {},
  generateMask: () => {},
  lookup: () => {},
  passphrase: "x",
  pfx: "x",
  protocolVersion: 8,
  skipUTF8Validation: true,
};

const DEFLATE: Readonly<Record<string, unknown>> = {
  "perMessageDeflate.concurrencyLimit": { concurrencyLimit: 10 },
  "perMessageDeflate.zlibInflateOptions": { zlibInflateOptions: {} },
  "perMessageDeflate.zlibDeflateOptions.memLevel": { zlibDeflateOptions: { memLevel: 7 } },
  "perMessageDeflate.zlibDeflateOptions.chunkSize": { zlibDeflateOptions: { chunkSize: 1024 } },
};

function notSupported(name: string): object {
  return { code: "ERR_NOT_SUPPORTED", message: new RegExp(name.replaceAll(".", "\\.")) };
}

describe("the options of a server", () => {
  for (const [name, value] of Object.entries(SERVER_OPTIONS)) {
    const isMissing = NOT_OF_SERVERS.includes(name);
    it(`${name} ${isMissing ? "throws by its name" : "is taken"}`, () => {
      const make = () => new WebSocketServer({ noServer: true, [name]: value });
      if (isMissing) assert.throws(make, notSupported(name));
      else make();
    });
  }

  it("take the values that hold here anyway", () => {
    const given = {
      noServer: true,
      allowSynchronousEvents: true,
      autoPong: true,
      skipUTF8Validation: false,
    };
    new WebSocketServer(given);
  });

  it("need one of port, server and noServer, and only one", () => {
    assert.throws(() => new WebSocketServer({}), TypeError);
    assert.throws(() => new WebSocketServer({ noServer: true, port: 0 }), TypeError);
  });

  for (const [name, perMessageDeflate] of Object.entries(DEFLATE)) {
    it(`${name} throws by its name`, () => {
      const options = { noServer: true, perMessageDeflate } as const;
      assert.throws(() => new WebSocketServer(options as object), notSupported(name));
    });
  }

  it("have one value for both directions of compression", () => {
    const perMessageDeflate = { serverMaxWindowBits: 10, clientMaxWindowBits: 11 };
    const make = () => new WebSocketServer({ noServer: true, perMessageDeflate });
    assert.throws(make, notSupported("clientMaxWindowBits"));
  });

  it("awaitListeners must be a whole number", () => {
    const make = () => new WebSocket("ws://127.0.0.1:1", { awaitListeners: 0.5 });
    assert.throws(make, RangeError);
  });
});

describe("the options of a client", () => {
  for (const [name, value] of Object.entries(NOT_OF_CLIENTS)) {
    it(`${name} throws by its name`, () => {
      const options = { [name]: value };
      assert.throws(() => new WebSocket("ws://127.0.0.1:1", options), notSupported(name));
      assert.throws(() => new WebSocket("ws://127.0.0.1:1", [], options), notSupported(name));
    });
  }

  it("family is 4, 6 or 0", () => {
    assert.throws(() => new WebSocket("ws://127.0.0.1:1", { family: 5 }), RangeError);
  });

  it("URL and subprotocols are checked as ws does", () => {
    for (const url of ["", "x", "ftp://a", "ws://a#b", "ws+unix:"]) {
      assert.throws(() => new WebSocket(url), SyntaxError, url);
    }
    for (const protocols of [["a", "a"], [""], ["a b"]]) {
      assert.throws(() => new WebSocket("ws://127.0.0.1:1", protocols), SyntaxError);
    }
  });
});
