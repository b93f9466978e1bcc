/**
 * Every MUST of the opening handshake as one named reason: what is asked, and by which
 * section. A name is stable; its text is for people and may change.
 *
 * @module
 */

/** A rule whose breach a server answers with `status`. */
interface AnsweredRule {
  readonly status: number;
  readonly section: string;
  readonly text: string;
}

/** Rules of an HTTP/1.1 head, whatever it asks for. */
export const HeadRule = {
  BARE_CR: { status: 400, section: "RFC 9112 2.2", text: "a CR must be followed by LF" },
  BARE_LF: { status: 400, section: "RFC 9112 2.2", text: "a line must end with CRLF" },
  CONTROL_BYTE: {
    status: 400,
    section: "RFC 9110 5.5",
    text: "a head must not contain control bytes",
  },
  REQUEST_LINE: {
    status: 400,
    section: "RFC 9112 3",
    text: "the request line must be method, target and version, one space apart",
  },
  STATUS_LINE: {
    status: 400,
    section: "RFC 9112 4",
    text: "the status line must be version, three digits and reason phrase",
  },
  FIELD_NAME: {
    status: 400,
    section: "RFC 9112 5.1",
    text: "a header field must be a token and a colon, without whitespace between",
  },
  OBS_FOLD: {
    status: 400,
    section: "RFC 9112 5.2",
    text: "a header field must not be folded over lines",
  },
  VERSION_TOO_OLD: {
    status: 400,
    section: "RFC 6455 4.2.1 (1)",
    text: "the HTTP version must be 1.1 or higher",
  },
  VERSION_UNKNOWN: {
    status: 505,
    section: "RFC 9110 15.6.6",
    text: "the major HTTP version must be 1",
  },
  TARGET_TOO_LONG: {
    status: 414,
    section: "RFC 9110 15.5.15",
    text: "the request line is longer than a whole head may be",
  },
  HEAD_TOO_LARGE: {
    status: 431,
    section: "RFC 6585 5",
    text: "the head has more bytes than allowed",
  },
  TOO_MANY_FIELDS: {
    status: 431,
    section: "RFC 6585 5",
    text: "the head has more header fields than allowed",
  },
} as const satisfies Record<string, AnsweredRule>;
/** Name of a rule of {@linkcode HeadRule}. */
export type HeadRuleName = keyof typeof HeadRule;

/** Rules of the client's opening handshake, as a server checks them. */
export const RequestRule = {
  METHOD: { status: 405, section: "RFC 6455 4.2.1 (1)", text: "the method must be GET" },
  TARGET: {
    status: 400,
    section: "RFC 9112 3.2",
    text: "the request target must be a path, or a URL with the authority of Host",
  },
  HOST: {
    status: 400,
    section: "RFC 6455 4.2.1 (2)",
    text: "there must be exactly one Host, a name or address with an optional port",
  },
  BODY: {
    status: 400,
    section: "RFC 9110 9.3.1",
    text: "an opening handshake has no body",
  },
  UPGRADE: {
    status: 426,
    section: "RFC 6455 4.2.1 (3)",
    text: "this is a WebSocket endpoint: Upgrade must name websocket",
  },
  CONNECTION: {
    status: 426,
    section: "RFC 6455 4.2.1 (4)",
    text: "Connection must name Upgrade (a proxy may have removed it)",
  },
  VERSION: {
    status: 426,
    section: "RFC 6455 4.2.2 /version/",
    text: "Sec-WebSocket-Version must be 13",
  },
  VERSION_REPEATED: {
    status: 400,
    section: "RFC 6455 11.3.5",
    text: "Sec-WebSocket-Version must not be repeated",
  },
  KEY: {
    status: 400,
    section: "RFC 6455 4.2.1 (5)",
    text: "Sec-WebSocket-Key must be 16 bytes in base64",
  },
  KEY_REPEATED: {
    status: 400,
    section: "RFC 6455 11.3.1",
    text: "Sec-WebSocket-Key must not be repeated",
  },
  PROTOCOL: {
    status: 400,
    section: "RFC 6455 4.1 (10)",
    text: "Sec-WebSocket-Protocol must be a list of tokens",
  },
  PROTOCOL_REPEATED: {
    status: 400,
    section: "RFC 6455 4.1 (10)",
    text: "the subprotocols offered must be unique",
  },
  EXTENSIONS: {
    status: 400,
    section: "RFC 6455 9.1",
    text: "Sec-WebSocket-Extensions must be a list of extensions",
  },
  ORIGIN_REPEATED: { status: 400, section: "RFC 6454 7.3", text: "Origin must not be repeated" },
  ORIGIN: {
    status: 403,
    section: "RFC 6455 4.2.2 /origin/",
    text: "this origin may not connect here",
  },
} as const satisfies Record<string, AnsweredRule>;
/** Name of a rule of {@linkcode RequestRule}. */
export type RequestRuleName = keyof typeof RequestRule;

/** Rules of the server's opening handshake, as a client checks them. */
export const ResponseRule = {
  STATUS: { section: "RFC 6455 4.1 (1)", text: "the status must be 101" },
  UPGRADE: { section: "RFC 6455 4.1 (2)", text: "Upgrade must be websocket" },
  CONNECTION: { section: "RFC 6455 4.1 (3)", text: "Connection must name Upgrade" },
  ACCEPT: {
    section: "RFC 6455 4.1 (4)",
    text: "Sec-WebSocket-Accept must answer the key that was sent",
  },
  ACCEPT_REPEATED: {
    section: "RFC 6455 11.3.3",
    text: "Sec-WebSocket-Accept must not be repeated",
  },
  EXTENSIONS: {
    section: "RFC 6455 9.1",
    text: "Sec-WebSocket-Extensions must be a list of extensions",
  },
  EXTENSIONS_REPEATED: {
    section: "RFC 6455 11.3.2",
    text: "neither Sec-WebSocket-Extensions nor an extension in it may be repeated",
  },
  EXTENSION_NOT_OFFERED: {
    section: "RFC 6455 4.1 (5)",
    text: "an extension must be one that was offered",
  },
  PROTOCOL_REPEATED: {
    section: "RFC 6455 11.3.4",
    text: "Sec-WebSocket-Protocol must not be repeated",
  },
  PROTOCOL_NOT_OFFERED: {
    section: "RFC 6455 4.1 (6)",
    text: "the subprotocol must be one that was offered",
  },
} as const satisfies Record<string, Omit<AnsweredRule, "status">>;
/** Name of a rule of {@linkcode ResponseRule}. */
export type ResponseRuleName = keyof typeof ResponseRule;
