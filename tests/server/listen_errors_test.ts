/** Failures to listen that a test cannot bring about on every machine. @module */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WebSocketError } from "../../src/errors.ts";
import { toListenError } from "../../src/server/listen_errors.ts";

function fault(code: string, message = "as the runtime says it"): Error {
  return Object.assign(new Error(message), { code });
}

function tell(error: Error, options: Parameters<typeof toListenError>[1]): string {
  const told = toListenError(error, options);
  assert.ok(told instanceof WebSocketError);
  assert.deepEqual([told.code, told.cause], ["ERR_LISTEN", error]);
  return told.message;
}

describe("toListenError", () => {
  it("tells of a port without permission", () => {
    for (const code of ["EACCES", "EPERM"]) {
      assert.equal(
        tell(fault(code), { port: 80 }),
        `cannot listen on 127.0.0.1:80: permission denied (${code})`,
      );
    }
  });

  it("tells of a path without permission", () => {
    const message = "cannot listen on /run/a.sock: permission denied (EACCES)";
    assert.equal(tell(fault("EACCES"), { path: "/run/a.sock" }), message);
  });

  it("puts an address of IPv6 in brackets, and leaves out a port that the system picks", () => {
    const error = fault("EADDRNOTAVAIL"), why = "this machine does not have the address";
    assert.equal(
      tell(error, { hostname: "2001:db8::1", port: 1 }),
      `cannot listen on [2001:db8::1]:1: ${why} (EADDRNOTAVAIL)`,
    );
    assert.equal(
      tell(error, { hostname: "2001:db8::1" }),
      `cannot listen on [2001:db8::1]: ${why} (EADDRNOTAVAIL)`,
    );
  });

  it("gives the runtime's words for a code that it does not know", () => {
    const message = "cannot listen on 127.0.0.1:1: as the runtime says it (ENOBUFS)";
    assert.equal(tell(fault("ENOBUFS"), { port: 1 }), message);
  });

  it("gives the words of Deno's permissions, which name the flag", () => {
    const error = new Error('Requires net access to "127.0.0.1:1", run again with --allow-net');
    error.name = "NotCapable";
    assert.equal(tell(error, { port: 1 }), `cannot listen on 127.0.0.1:1: ${error.message}`);
  });

  it("leaves alone what is no fault of the address", () => {
    const errors = [
      new TypeError("cert: must be PEM"),
      fault("ERR_OSSL_PEM_NO_START_LINE"),
      new WebSocketError("ERR_NOT_SUPPORTED", "tls on unix sockets"),
    ];
    for (const error of errors) assert.equal(toListenError(error, { port: 1 }), error);
  });
});
