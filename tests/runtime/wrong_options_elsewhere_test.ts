/**
 * Options of the public functions beside `serve`, `connect` and the mounts, with values of wrong
 * types and with names that do not exist: an error at the call that names the option.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { routes, serve, type WebSocketConnection } from "../../mod.ts";
import { fromHooks } from "../../src/hooks/mod.ts";
import { collect, inspector, observe, openTelemetry, toChannels } from "../../src/observe/mod.ts";
import { connect as connectStable, reconnecting } from "../../src/reconnecting/mod.ts";
import { resumable } from "../../src/resume/mod.ts";
import { connectDuplex, mount, wrapWebSocket } from "../../src/runtime/web/mod.ts";
import { connect as connectWeb } from "../../src/runtime/web/connect.ts";
import {
  fakeWebSocketClass,
  pairConnections,
  random,
  replaceTimers,
  sized,
} from "../../src/testing/mod.ts";
import { Topics, topicsHandler } from "../../src/topics/mod.ts";
import { natsBackplane } from "../../src/topics/nats/mod.ts";
import { redisBackplane } from "../../src/topics/redis/mod.ts";
import { WebSocket, websocketClass } from "../../src/websocket/mod.ts";
import { untyped } from "../helpers/untyped.ts";
import { using } from "../helpers/using.ts";

const HANDLER = { message() {} };

/** A WHATWG socket that is open and does nothing. */
class Socket extends EventTarget {
  readonly protocol = "";
  readonly extensions = "";
  readonly readyState = 1;
  binaryType = "";
  send(): void {}
  close(): void {}
}

function duplex(): { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  return { readable, writable };
}

/** A call that takes a wrong option may go on for ever. */
async function attempt(call: Call, options: never): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, 500));
  try {
    await Promise.race([call(options), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Uses a connection that nobody else reads. */
async function withConnection(use: (connection: WebSocketConnection) => unknown): Promise<void> {
  await using(await pairConnections(HANDLER), ({ client }) => use(client));
}

type Call = (options: never) => unknown;
const NUMBER = [null, "5", NaN, -1, {}, true];
const FUNCTION = [null, 5, "no", {}, true];
const SIGNAL = [null, 5, "no", {}, true];
const BOOLEAN = [null, 5, "no", {}];
const OBJECT = [null, 5, "no", true];
const WORD = [null, 5, "no", {}, true, Symbol("s")];
const LIMITS = { maxMessageBytes: NUMBER, maxBufferedBytes: NUMBER, closeTimeoutMs: NUMBER };
const CONNECT = { ...LIMITS, handshakeTimeoutMs: NUMBER, signal: SIGNAL, onError: FUNCTION };
const PAIR = {
  split: FUNCTION,
  delayMs: NUMBER,
  clock: OBJECT,
  windowBytes: NUMBER,
  server: OBJECT,
};
const RECONNECT = {
  firstDelayMs: NUMBER,
  maxDelayMs: NUMBER,
  stableMs: NUMBER,
  maxAttempts: NUMBER,
  shouldRetry: FUNCTION,
  onAttempt: FUNCTION,
  onResume: FUNCTION,
};

const CALLS: readonly (readonly [string, Readonly<Record<string, readonly unknown[]>>, Call])[] = [
  [
    "server.close",
    { timeoutMs: NUMBER, spreadMs: NUMBER, code: NUMBER, reason: [null, 5, {}, true] },
    async (options) => {
      const server = await serve({}, HANDLER);
      try {
        await server.close(options);
      } finally {
        await server.close();
      }
    },
  ],
  ["mount.close", { timeoutMs: NUMBER }, (options) => mount({}, HANDLER).close(options)],
  ["connectDuplex", CONNECT, (options) => connectDuplex(duplex(), "ws://a/", options)],
  [
    "accept",
    { secure: BOOLEAN, remoteAddress: [null, 5, "no", true] },
    (options) => mount({}, HANDLER).accept(duplex(), options),
  ],
  [
    "wrapWebSocket",
    {
      ...LIMITS,
      handshakeTimeoutMs: NUMBER,
      handler: FUNCTION,
      request: OBJECT,
      signal: SIGNAL,
      onError: FUNCTION,
    },
    (options) => wrapWebSocket(untyped(new Socket()), options),
  ],
  [
    "connect of ./web",
    { ...LIMITS, handshakeTimeoutMs: NUMBER },
    (options) => connectWeb("ws://127.0.0.1:1/", options),
  ],
  [
    "reconnecting",
    { ...RECONNECT, ...LIMITS },
    (options) => reconnecting("ws://127.0.0.1:1/", options).next(),
  ],
  [
    "connect of ./reconnecting",
    { ...LIMITS },
    (options) =>
      connectStable("ws://127.0.0.1:1/", untyped({ reconnect: true, ...untyped<object>(options) })),
  ],
  [
    "reconnect",
    { ...RECONNECT, onConnect: FUNCTION, onDisconnect: FUNCTION, onUnsent: FUNCTION },
    (reconnect) => connectStable("ws://127.0.0.1:1/", { reconnect }),
  ],
  [
    "resumable",
    { bufferBytes: NUMBER, seconds: NUMBER, onResume: FUNCTION, onError: FUNCTION },
    (options) => resumable(HANDLER, options),
  ],
  ["Topics", {
    maxBehindBytes: NUMBER,
    maxWaiting: NUMBER,
    policy: FUNCTION,
    key: FUNCTION,
    onLost: FUNCTION,
    onBackplaneDown: FUNCTION,
    onBackplaneUp: FUNCTION,
    maxQueued: NUMBER,
    order: WORD,
    whenDown: WORD,
    history: [null, 5, "no", [], {}, { messages: "5", seconds: 1 }, { messages: 1, seconds: "1" }],
    backplane: OBJECT,
    clock: OBJECT,
  }, (options) => new Topics(options)],
  [
    "subscribe",
    {
      policy: WORD,
      maxBehindBytes: NUMBER,
      maxWaiting: NUMBER,
      key: FUNCTION,
      since: [null, 5, "no", {}, true],
      format: FUNCTION,
      announce: FUNCTION,
      announceLost: FUNCTION,
      announcePlaced: FUNCTION,
      order: WORD,
    },
    (options) => withConnection((connection) => new Topics().subscribe(connection, "a", options)),
  ],
  [
    "publish",
    { except: OBJECT, compress: BOOLEAN },
    (options) => new Topics().publish("a", "b", options),
  ],
  [
    "topicsHandler",
    {
      authorize: FUNCTION,
      maxTopics: NUMBER,
      policy: WORD,
      maxBehindBytes: NUMBER,
      maxWaiting: NUMBER,
      key: FUNCTION,
    },
    (options) =>
      topicsHandler(new Topics(), { authorize: () => true, ...untyped<object>(options) }),
  ],
  [
    "redisBackplane",
    { prefix: [null, 5, {}, true, "{a}"] },
    (options) => redisBackplane(untyped({ sendCommand() {}, duplicate() {} }), options),
  ],
  [
    "natsBackplane",
    { prefix: [null, 5, {}, true, "a b"], jetstream: OBJECT },
    (options) => natsBackplane(untyped({ status() {} }), options),
  ],
  [
    "fromHooks",
    { concurrency: NUMBER, topics: OBJECT, handleProtocols: FUNCTION },
    (options) => fromHooks({}, options),
  ],
  ["pairConnections", PAIR, (options) => pairConnections(HANDLER, options)],
  [
    "the server of pairConnections",
    LIMITS,
    (server) => pairConnections(HANDLER, { server }),
  ],
  [
    "the client of pairConnections",
    CONNECT,
    (client) => pairConnections(HANDLER, { client }),
  ],
  [
    "fakeWebSocketClass",
    { ...PAIR, defaults: OBJECT, faults: FUNCTION },
    (options) => fakeWebSocketClass(HANDLER, options),
  ],
  ["websocketClass", { ...LIMITS, headers: [5, true] }, (options) => websocketClass(options)],
  [
    "new WebSocket",
    { ...LIMITS, handshakeTimeoutMs: NUMBER },
    (options) => new WebSocket("ws://127.0.0.1:1/", [], options),
  ],
  [
    "inspector",
    { authorise: FUNCTION, rows: NUMBER },
    (options) => inspector(mount({}, HANDLER), options),
  ],
  [
    "send",
    { final: BOOLEAN, compress: BOOLEAN, signal: SIGNAL },
    (options) => withConnection((connection) => connection.send("a", options)),
  ],
  [
    "read",
    { timeoutMs: NUMBER, signal: SIGNAL },
    (options) => withConnection((connection) => connection.read(options)),
  ],
];

/** Calls with an argument that has the wrong type, and the words that name it. */
const ARGUMENTS: readonly (readonly [string, readonly unknown[], RegExp, Call])[] = [
  ["random", NUMBER.slice(0, 3), /seed/, (seed) => random(seed)],
  ["random", NUMBER, /maxBytes/, (maxBytes) => random(1, maxBytes)],
  ["sized", NUMBER, /bytes/, (bytes) => sized(bytes)],
  ["replaceTimers", OBJECT, /clock/, (clock) => replaceTimers(clock)],
  ["observe", OBJECT, /server/, (server) => observe(server, {})],
  ["observe", OBJECT, /observer/, (observer) => observe(mount({}, HANDLER), observer)],
  ["collect", OBJECT, /server/, (server) => collect(server)],
  ["inspector", OBJECT, /server/, (server) => inspector(server, { authorise: () => true })],
  ["openTelemetry", OBJECT, /api/, (api) => openTelemetry(mount({}, HANDLER), api)],
  ["toChannels", OBJECT, /channels/, (channels) => toChannels(channels)],
  ["subscribe", OBJECT, /connection/, (connection) => new Topics().subscribe(connection, "a")],
  [
    "subscribe",
    [null, 5, "", {}],
    /the name of a topic/,
    (name) => withConnection((connection) => new Topics().subscribe(connection, name)),
  ],
  ["publish", [null, 5, "", {}], /the name of a topic/, (name) => new Topics().publish(name, "a")],
  ["publish", [null, 5, {}, []], /message/, (message) => new Topics().publish("a", message)],
  ["members", [null, 5, "", {}], /the name of a topic/, (name) => new Topics().members(name)],
  ["redisBackplane", OBJECT, /client/, (client) => redisBackplane(client)],
  ["natsBackplane", OBJECT, /connection/, (connection) => natsBackplane(connection)],
  ["resumable", [null, 5, "no", true], /handler/, (handler) => resumable(handler, {})],
  ["routes", [null, 5, "no", true], /routes/, (table) => routes(table)],
  ["routes", [null, 5, "no"], /\/a/, (handler) => routes({ "/a": handler })],
  ["wrapWebSocket", [null, 5, "no", {}], /socket/i, (socket) => wrapWebSocket(socket)],
  ["connectDuplex", [null, 5, "no", {}], /duplex/, (duplex) => connectDuplex(duplex, "ws://a/")],
  ["accept", [null, 5, "no", {}], /duplex/, (duplex) => mount({}, HANDLER).accept(duplex)],
];

for (const [name, values, expected, call] of ARGUMENTS) {
  describe(`an argument of ${name} (${expected.source})`, () => {
    it("of a wrong type is named", async () => {
      for (const value of values) {
        await assert.rejects(() => attempt(call, untyped<never>(value)), (error: Error) => {
          const what = `${String(value)}: ${error.name}: ${error.message}`;
          assert.ok(["TypeError", "RangeError"].includes(error.name), what);
          assert.match(error.message, expected, what);
          return true;
        });
      }
    });
  });
}

for (const [name, options, call] of CALLS) {
  describe(`the options of ${name}`, () => {
    for (const [option, values] of Object.entries(options)) {
      it(`${option} of a wrong type is named`, async () => {
        for (const value of values) {
          const given = untyped<never>({ [option]: value });
          await assert.rejects(() => attempt(call, given), (error: Error) => {
            const what = `${String(value)}: ${error.name}: ${error.message}`;
            assert.ok(["TypeError", "RangeError"].includes(error.name), what);
            assert.match(error.message, new RegExp(`\\b${option}\\b`), what);
            return true;
          });
        }
      });
    }

    it("that are unknown are named", async () => {
      await assert.rejects(() => attempt(call, untyped<never>({ nonsense: 1 })), {
        // In a browser, where most options are missing, one error names those that there are.
        name: name === "connect of ./web" ? "WebSocketError" : "TypeError",
        message: /nonsense/,
      });
    });
  });
}
