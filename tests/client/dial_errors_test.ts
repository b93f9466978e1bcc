/**
 * Errors of the runtimes, in words that are the same for all.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WebSocketError } from "../../src/errors.ts";
import { explain, toDialError } from "../../src/client/dial_errors.ts";

/** An error as a runtime makes it. */
const fault = (message: string, details: { code?: string; name?: string } = {}): Error =>
  Object.assign(new Error(message), details);

describe("explain", () => {
  for (
    const [runtime, error, code, expected] of [
      [
        "Node",
        fault("connect ECONNREFUSED ::1:9", { code: "ECONNREFUSED" }),
        "ERR_CONNECT",
        /^connection refused \(ECONNREFUSED\)$/,
      ],
      [
        "Bun",
        fault("Failed to connect", { code: "ECONNREFUSED" }),
        "ERR_CONNECT",
        /^connection refused \(ECONNREFUSED\)$/,
      ],
      [
        "Deno",
        fault("Connection refused (os error 111)", { code: "ECONNREFUSED" }),
        "ERR_CONNECT",
        /^connection refused \(ECONNREFUSED\)$/,
      ],
      [
        "Deno",
        fault("failed to lookup address information: Name or service not known"),
        "ERR_CONNECT",
        /^no such host \(ENOTFOUND\)$/,
      ],
      [
        "Node",
        fault("certificate has expired", { code: "CERT_HAS_EXPIRED" }),
        "ERR_CERTIFICATE",
        /has expired/,
      ],
      ["Deno", fault("invalid peer certificate: Expired"), "ERR_CERTIFICATE", /has expired/],
      [
        "Node",
        fault("self-signed certificate", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
        "ERR_CERTIFICATE",
        /self-signed/,
      ],
      [
        "Deno",
        fault("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))"),
        "ERR_CERTIFICATE",
        /self-signed/,
      ],
      [
        "Node",
        fault("unable to verify the first certificate", {
          code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        }),
        "ERR_CERTIFICATE",
        /tls\.ca/,
      ],
      ["Deno", fault("invalid peer certificate: UnknownIssuer"), "ERR_CERTIFICATE", /tls\.ca/],
      [
        "Deno",
        fault(
          'invalid peer certificate: certificate not valid for name "a"; certificate is only valid for DnsName("b")',
        ),
        "ERR_CERTIFICATE",
        /other names.*DnsName\("b"\)/,
      ],
      [
        "Deno",
        fault("invalid peer certificate: SomethingNew"),
        "ERR_CERTIFICATE",
        /not accepted: .*SomethingNew/,
      ],
      [
        "Node",
        fault("0A00010B:SSL routines:wrong version number", {
          code: "ERR_SSL_WRONG_VERSION_NUMBER",
        }),
        "ERR_CONNECT",
        /use ws:/,
      ],
      [
        "Bun",
        fault("error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER", {
          code: "EPROTO",
        }),
        "ERR_CONNECT",
        /use ws:/,
      ],
      [
        "Deno",
        fault("received corrupt message of type InvalidContentType"),
        "ERR_CONNECT",
        /use ws:/,
      ],
      [
        "Deno",
        fault("received fatal alert: CertificateRequired"),
        "ERR_CONNECT",
        /tls\.cert and tls\.key/,
      ],
      [
        "Bun",
        fault("error:1000045c:SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED", {
          code: "EPROTO",
        }),
        "ERR_CONNECT",
        /tls\.cert and tls\.key/,
      ],
      [
        "Node",
        fault("Client network socket disconnected before secure TLS connection was established", {
          code: "ECONNRESET",
        }),
        "ERR_CONNECT",
        /during the TLS handshake/,
      ],
      ["any", fault("something new", { code: "ENEW" }), "ERR_CONNECT", /^ENEW: something new$/],
      ["any", "a string", "ERR_CONNECT", /^a string$/],
    ] as const
  ) {
    it(`${runtime}: ${typeof error === "string" ? error : error.message}`, () => {
      const explained = explain(error);
      assert.equal(explained.code, code);
      assert.match(explained.why, expected);
    });
  }
});

describe("toDialError", () => {
  it("hands on what is an error of ours already, if it is about a proxy or a lack", () => {
    for (const code of ["ERR_PROXY", "ERR_NOT_SUPPORTED"] as const) {
      const error = new WebSocketError(code, "why");
      assert.equal(toDialError("a:1", [{ address: "", error }]), error);
    }
  });

  it("says that a host has no address", () => {
    assert.match(
      toDialError("a:1", []).message,
      /^cannot connect to a:1: the host has no address$/,
    );
  });
});
