/**
 * Every MUST of the opening handshake as a named rule with its section. Names are stable; texts are
 * for people and may change.
 *
 * @module
 */

/** A rule. A server answers a request that breaks it with `status`. */
interface AnsweredRule {
  readonly status: number;
  readonly section: string;
  readonly text: string;
}

/** Rules of any HTTP/1.1 head. */
export const HeadRules = {
  bareCr: { status: 400, section: "RFC 9112 2.2", text: "a CR must be followed by LF" },
  bareLf: { status: 400, section: "RFC 9112 2.2", text: "a line must end with CRLF" },
  controlByte: {
    status: 400,
    section: "RFC 9110 5.5",
    text: "a head must not contain control bytes",
  },
  requestLine: {
    status: 400,
    section: "RFC 9112 3",
    text: "the request line must be method, target and version, one space apart",
  },
  statusLine: {
    status: 400,
    section: "RFC 9112 4",
    text: "the status line must be version, three digits and reason phrase",
  },
  fieldName: {
    status: 400,
    section: "RFC 9112 5.1",
    text: "a header field must be a token and a colon, without whitespace between",
  },
  obsFold: {
    status: 400,
    section: "RFC 9112 5.2",
    text: "a header field must not be folded over lines",
  },
  versionTooOld: {
    status: 400,
    section: "RFC 6455 4.2.1 (1)",
    text: "the HTTP version must be 1.1 or higher",
  },
  versionUnknown: {
    status: 505,
    section: "RFC 9110 15.6.6",
    text: "the major HTTP version must be 1",
  },
  targetTooLong: {
    status: 414,
    section: "RFC 9110 15.5.15",
    text: "the request line is longer than a whole head may be",
  },
  headTooLarge: {
    status: 431,
    section: "RFC 6585 5",
    text: "the head has more bytes than allowed",
  },
  tooManyFields: {
    status: 431,
    section: "RFC 6585 5",
    text: "the head has more header fields than allowed",
  },
} as const satisfies Record<string, AnsweredRule>;
/** Name of a rule of {@linkcode HeadRules}. */
export type HeadRuleName = keyof typeof HeadRules;

/** Rules of the client's opening handshake, as a server checks them. */
export const RequestRules = {
  method: { status: 405, section: "RFC 6455 4.2.1 (1)", text: "the method must be GET" },
  target: {
    status: 400,
    section: "RFC 9112 3.2",
    text: "the request target must be a path, or a URL with the authority of Host",
  },
  host: {
    status: 400,
    section: "RFC 6455 4.2.1 (2)",
    text: "there must be exactly one Host, a name or address with an optional port",
  },
  body: {
    status: 400,
    section: "RFC 9110 9.3.1",
    text: "an opening handshake has no body",
  },
  upgrade: {
    status: 426,
    section: "RFC 6455 4.2.1 (3)",
    text: "this is a WebSocket endpoint: Upgrade must name websocket",
  },
  connection: {
    status: 426,
    section: "RFC 6455 4.2.1 (4)",
    text: "Connection must name Upgrade (a proxy may have removed it)",
  },
  version: {
    status: 426,
    section: "RFC 6455 4.2.2 /version/",
    text: "Sec-WebSocket-Version must be 13",
  },
  versionRepeated: {
    status: 400,
    section: "RFC 6455 11.3.5",
    text: "Sec-WebSocket-Version must not be repeated",
  },
  key: {
    status: 400,
    section: "RFC 6455 4.2.1 (5)",
    text: "Sec-WebSocket-Key must be 16 bytes in base64",
  },
  keyRepeated: {
    status: 400,
    section: "RFC 6455 11.3.1",
    text: "Sec-WebSocket-Key must not be repeated",
  },
  protocol: {
    status: 400,
    section: "RFC 6455 4.1 (10)",
    text: "Sec-WebSocket-Protocol must be a list of tokens",
  },
  protocolRepeated: {
    status: 400,
    section: "RFC 6455 4.1 (10)",
    text: "the subprotocols offered must be unique",
  },
  extensions: {
    status: 400,
    section: "RFC 6455 9.1",
    text: "Sec-WebSocket-Extensions must be a list of extensions",
  },
  originRepeated: { status: 400, section: "RFC 6454 7.3", text: "Origin must not be repeated" },
  origin: {
    status: 403,
    section: "RFC 6455 4.2.2 /origin/",
    text: "this origin may not connect here",
  },
} as const satisfies Record<string, AnsweredRule>;
/** Name of a rule of {@linkcode RequestRules}. */
export type RequestRuleName = keyof typeof RequestRules;

/** Rules of the client's opening handshake over HTTP/2 alone, as a server checks them. */
export const ConnectRules = {
  connectMethod: {
    status: 405,
    section: "RFC 8441 4",
    text: "this is a WebSocket endpoint: the method must be CONNECT with :protocol websocket",
  },
  connectProtocol: {
    status: 501,
    section: "RFC 9220 3",
    text: "CONNECT is for :protocol websocket alone",
  },
  connectTarget: {
    status: 400,
    section: "RFC 8441 4",
    text: "a CONNECT with :protocol must have one :scheme and one :path",
  },
  authority: {
    status: 400,
    section: "RFC 9113 8.3.1",
    text: ":authority must not be repeated, and Host must not differ from it",
  },
  connectionField: {
    status: 400,
    section: "RFC 9113 8.2.2",
    text: "HTTP/2 has no Connection, Upgrade, Keep-Alive, Proxy-Connection or Transfer-Encoding",
  },
  connectVersion: {
    status: 400,
    section: "RFC 6455 4.4",
    text: "Sec-WebSocket-Version must be 13",
  },
} as const satisfies Record<string, AnsweredRule>;
/** Name of a rule of {@linkcode ConnectRules}. */
export type ConnectRuleName = keyof typeof ConnectRules;

/** Rules of the server's opening handshake, as a client checks them. */
export const ResponseRules = {
  status: { section: "RFC 6455 4.1 (1)", text: "the status must be 101" },
  upgrade: { section: "RFC 6455 4.1 (2)", text: "Upgrade must be websocket" },
  connection: { section: "RFC 6455 4.1 (3)", text: "Connection must name Upgrade" },
  accept: {
    section: "RFC 6455 4.1 (4)",
    text: "Sec-WebSocket-Accept must answer the key that was sent",
  },
  acceptRepeated: {
    section: "RFC 6455 11.3.3",
    text: "Sec-WebSocket-Accept must not be repeated",
  },
  extensions: {
    section: "RFC 6455 9.1",
    text: "Sec-WebSocket-Extensions must be a list of extensions",
  },
  extensionsRepeated: {
    section: "RFC 6455 11.3.2",
    text: "neither Sec-WebSocket-Extensions nor an extension in it may be repeated",
  },
  extensionNotOffered: {
    section: "RFC 6455 4.1 (5)",
    text: "an extension must be one that was offered",
  },
  protocolRepeated: {
    section: "RFC 6455 11.3.4",
    text: "Sec-WebSocket-Protocol must not be repeated",
  },
  protocolNotOffered: {
    section: "RFC 6455 4.1 (6)",
    text: "the subprotocol must be one that was offered",
  },
  protocolMissing: {
    section: "WHATWG WebSockets, establish a connection",
    text: "one of the subprotocols that were offered must be chosen (or allowNoProtocol be true)",
  },
} as const satisfies Record<string, Omit<AnsweredRule, "status">>;
/** Name of a rule of {@linkcode ResponseRules}. */
export type ResponseRuleName = keyof typeof ResponseRules;
