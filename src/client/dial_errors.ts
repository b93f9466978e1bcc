/**
 * Describes failures to connect in the same words on each runtime, with the remedy.
 *
 * @module
 */
import { WebSocketError, type WebSocketErrorCode } from "../errors.ts";
import type { AddressFault } from "./connect_first.ts";
import { showHost } from "../show_host.ts";

/** A described failure. */
interface Explained {
  readonly code: WebSocketErrorCode;
  readonly why: string;
}

type Row = readonly [pattern: RegExp, why: string];

/** System errors by their codes in Node, Bun and Deno. */
const SYSTEM: readonly Row[] = [
  [/^ECONNREFUSED$/, "connection refused"],
  [/^(?:ENOTFOUND|EAI_NONAME|EAI_NODATA)$/, "no such host"],
  [/^EAI_AGAIN$/, "the host's name cannot be resolved just now"],
  [/^ETIMEDOUT$/, "no answer"],
  [/^EHOSTUNREACH$/, "no route to the host"],
  [/^ENETUNREACH$/, "network unreachable"],
  [/^ECONNRESET$/, "connection reset"],
  [/^ENOENT$/, "there is no such socket"],
  [/^(?:EACCES|EPERM)$/, "permission denied"],
  [/^EADDRNOTAVAIL$/, "this machine does not have the address"],
  [/^EINVAL$/, "the path is too long for a socket, or the address is malformed"],
];

/** Faults of a certificate, by the codes of OpenSSL and BoringSSL and the messages of rustls. */
const CERTIFICATE: readonly Row[] = [
  [
    /CERT_HAS_EXPIRED|certificate: Expired|certificate expired/,
    "the server's certificate has expired: it has to be renewed, if this machine's clock is right",
  ],
  [
    /CERT_NOT_YET_VALID|NotValidYet|not valid before|not yet valid/,
    "the server's certificate is not valid yet: is this machine's clock right?",
  ],
  [
    /ALTNAME_INVALID|not valid for name|NotValidForName/,
    "the server's certificate is for other names: connect by one of them, or say so by tls.serverName",
  ],
  [
    /DEPTH_ZERO_SELF_SIGNED_CERT|CaUsedAsEndEntity/,
    "the server's certificate is self-signed: trust it by tls.ca (Deno wants an authority apart from it)",
  ],
  [
    /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|UnknownIssuer|CERT_SIGNATURE_FAILURE|BadSignature/,
    "the server's certificate is of an authority that is not trusted: give that by tls.ca, or let the server send its whole chain",
  ],
  [/CERT_REVOKED|certificate: Revoked/, "the server's certificate is revoked"],
  [/INVALID_PURPOSE|InvalidPurpose/, "the server's certificate is not for servers"],
];
/** Other faults of a certificate. The runtime's own message describes them. */
const OTHER_CERTIFICATE = /\bCERT_|ERR_TLS_CERT|invalid peer certificate/;

/** Other faults of TLS, including alerts. */
const TLS: readonly Row[] = [
  [
    /WRONG_VERSION_NUMBER|InvalidContentType|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|InvalidMessage/i,
    "the server does not speak TLS on this port: use ws:, if it is a WebSocket's at all",
  ],
  [
    /CERTIFICATE_REQUIRED|CertificateRequired/,
    "the server asks for a client certificate: give tls.cert and tls.key",
  ],
  [
    /ALERT_(?:BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE)|alert: (?:BadCertificate|UnknownCA|CertificateUnknown|CertificateExpired|UnsupportedCertificate)/,
    "the server does not accept the client certificate (tls.cert)",
  ],
  [
    /HANDSHAKE_FAILURE|HandshakeFailure/,
    "the server refuses the TLS handshake: it may ask for a client certificate (tls.cert, tls.key), or no cipher is common",
  ],
  [
    /UNRECOGNIZED_NAME|UnrecognisedName/,
    "the server does not know that name: is tls.serverName right?",
  ],
  [/PROTOCOL_VERSION|ProtocolVersion|UNSUPPORTED_PROTOCOL/, "no version of TLS is common"],
  [/NO_APPLICATION_PROTOCOL|NoApplicationProtocol/, "the server speaks none of tls.alpn"],
  [
    /before secure TLS|TLS handshake|UnexpectedEof/,
    "the server ended the transport during the TLS handshake",
  ],
];

/** The list of a certificate's names in messages of the runtimes. */
const NAMES = /(?:altnames: |valid for )((?:DNS:|IP Address:|DnsName\().*)$/;

function readText(error: unknown, name: "code" | "message" | "name"): string {
  if (typeof error !== "object" || error === null || !(name in error)) return "";
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : "";
}

/** Describes an error of the runtime. */
export function explain(error: unknown): Explained {
  if (error instanceof WebSocketError) return { code: error.code, why: error.message };
  const code = readText(error, "code"), message = readText(error, "message").trim();
  for (const [pattern, why] of SYSTEM) {
    // A reset with a message of its own happened during the TLS handshake.
    if (pattern.test(code) && !/TLS/.test(message)) {
      return { code: "ERR_CONNECT", why: `${why} (${code})` };
    }
  }
  if (/failed to lookup address/.test(message)) {
    return { code: "ERR_CONNECT", why: "no such host (ENOTFOUND)" };
  }
  const all = `${readText(error, "name")} ${code} ${message}`;
  for (const [pattern, why] of CERTIFICATE) {
    if (!pattern.test(all)) continue;
    const names = NAMES.exec(message)?.[1];
    return { code: "ERR_CERTIFICATE", why: names === undefined ? why : `${why} (${names})` };
  }
  if (OTHER_CERTIFICATE.test(all)) {
    return { code: "ERR_CERTIFICATE", why: `the server's certificate is not accepted: ${message}` };
  }
  for (const [pattern, why] of TLS) if (pattern.test(all)) return { code: "ERR_CONNECT", why };
  const shown = [code, message].filter((text) => text !== "").join(": ");
  return { code: "ERR_CONNECT", why: shown === "" ? String(error) : shown };
}

/**
 * Makes the error of a target whose addresses all failed. If a name had several addresses, it has a
 * line for each.
 */
export function toDialError(where: string, faults: readonly AddressFault[]): WebSocketError {
  const [first] = faults;
  const last = faults.at(-1);
  if (first === undefined || last === undefined) {
    return new WebSocketError("ERR_CONNECT", `cannot connect to ${where}: the host has no address`);
  }
  // The last fault decides, because no other address is tried when TCP is connected.
  const { code, why } = explain(last.error);
  if (
    last.error instanceof WebSocketError && (code === "ERR_PROXY" || code === "ERR_NOT_SUPPORTED")
  ) {
    return last.error;
  }
  const tried = faults.filter(({ address }) => address !== "" && !where.includes(address));
  const lines = tried.length === 1
    ? `\n  tried ${showHost(tried[0]!.address)}`
    : tried.map(({ address, error }) => `\n  ${showHost(address)}: ${explain(error).why}`).join("");
  const cause = faults.length === 1
    ? first.error
    : new AggregateError(faults.map(({ error }) => error));
  return new WebSocketError(code, `cannot connect to ${where}: ${why}${lines}`, { cause });
}
