/**
 * Options of the public functions beside `serve`, `connect` and the mounts, with values of wrong types and
 * with names that do not exist: an error at the call that names the option.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serve } from "../../mod.ts";
import { connect as connectStable, reconnecting } from "../../src/reconnecting/mod.ts";
import { resumable } from "../../src/resume/mod.ts";
import { connectDuplex, mount, wrapWebSocket } from "../../src/runtime/web/mod.ts";
import { connect as connectWeb } from "../../src/runtime/web/connect.ts";
import { Topics } from "../../src/topics/mod.ts";
import { untyped } from "../helpers/untyped.ts";

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

type Call = (options: never) => unknown;
const NUMBER = [null, "5", NaN, -1, {}, true];
const FUNCTION = [null, 5, "no", {}, true];
const SIGNAL = [null, 5, "no", {}, true];
const BOOLEAN = [null, 5, "no", {}];
const LIMITS = { maxMessageBytes: NUMBER, maxBufferedBytes: NUMBER, closeTimeoutMs: NUMBER };
const CONNECT = { ...LIMITS, handshakeTimeoutMs: NUMBER, signal: SIGNAL, onError: FUNCTION };
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
    { ...LIMITS, handshakeTimeoutMs: NUMBER, handler: FUNCTION },
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
  }, (options) => new Topics(options)],
];

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
        name: "TypeError",
        message: /nonsense/,
      });
    });
  });
}
