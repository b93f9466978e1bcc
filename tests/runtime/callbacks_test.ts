/**
 * Every callback of the application, in real runtimes: whatever it throws or rejects with reaches
 * `onError` or the caller, others go on being served, and the process does not end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import {
  connect,
  serve,
  type ServeOptions,
  type WebSocketHandler,
  type WebSocketServer,
} from "../../mod.ts";
import type { HandlerProducer } from "../../src/handler.ts";
import { itEnds } from "../helpers/connections.ts";
import { exchange } from "../helpers/raw_http.ts";
import { request } from "../contract/connection/host.ts";
import { eventually, nextTurn } from "../helpers/waiting.ts";
import { type Failing, failingWith, THROWN } from "../helpers/thrown.ts";

/** What a client then does to have it called. */
type Provoke = (url: string, server: WebSocketServer) => Promise<unknown>;
interface Callback {
  readonly name: string;
  serve?(fail: Failing): ServeOptions;
  handler?(fail: Failing): WebSocketHandler | HandlerProducer;
  readonly provoke: Provoke;
  /** Whether the failure is told to nobody else: the callback is `onError` itself. */
  readonly isLast?: boolean;
}

const ECHO: WebSocketHandler = { message: (connection, message) => connection.send(message) };

/** Connects if it may, sends, pings, and closes. */
async function visit(url: string): Promise<void> {
  const connection = await connect(`${url.replace("http:", "ws:")}fails`).catch(() => null);
  if (connection === null) return;
  void connection.send("hi");
  connection.ping().catch(() => {});
  connection.pong().catch(() => {});
  await nextTurn();
  await connection.close();
}

/** Connects, and closes the server; another one is served afterwards in its place. */
async function drain(url: string, server: WebSocketServer): Promise<void> {
  const connection = await connect(`${url.replace("http:", "ws:")}fails`);
  await server.close();
  assert.equal((await connection.closed).code, 1001);
}

async function ask(url: string, text: string): Promise<void> {
  const { hostname, port } = new URL(url);
  await exchange({ transport: "tcp", hostname, port: Number(port) }, text);
}

const only = (handler: WebSocketHandler): HandlerProducer => ({ url }) =>
  url.endsWith("/fails") ? handler : ECHO;
const origin = (url: string): Promise<void> => ask(url, request("Origin: http://other"));

const CALLBACKS: readonly Callback[] = [
  {
    name: "the producer",
    handler: (fail) => ({ url }) => url.endsWith("/fails") ? fail() : ECHO,
    provoke: visit,
  },
  { name: "open", handler: (fail) => only({ open: fail, message() {} }), provoke: visit },
  { name: "message", handler: (fail) => only({ message: fail }), provoke: visit },
  { name: "session", handler: (fail) => only({ session: fail }), provoke: visit },
  { name: "close", handler: (fail) => only({ message() {}, close: fail }), provoke: visit },
  { name: "ping", handler: (fail) => only({ message() {}, ping: fail }), provoke: visit },
  { name: "pong", handler: (fail) => only({ message() {}, pong: fail }), provoke: visit },
  {
    name: "drain",
    handler: (fail) => only({ message() {}, drain: fail }),
    provoke: (url, server) => drain(url, server),
  },
  { name: "allowedOrigins", serve: (fail) => ({ allowedOrigins: fail }), provoke: origin },
  {
    name: "onRefuse",
    serve: (fail) => ({ onRefuse: fail, allowedOrigins: [] }),
    provoke: origin,
  },
  {
    name: "fetch",
    serve: (fail) => ({ fetch: fail }),
    provoke: (url) => ask(url, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
  },
  {
    name: "onError",
    serve: (fail) => ({ onError: fail }),
    handler: () =>
      only({
        message() {
          throw new Error("for onError");
        },
      }),
    provoke: visit,
    isLast: true,
  },
];

describe("a callback that fails", () => {
  for (const { name, provoke, isLast = false, ...of } of CALLBACKS) {
    itEnds(
      `(${name}) is told, and the server goes on, whatever it throws or rejects with`,
      async () => {
        const { error: print } = console;
        if (isLast) console.error = () => {};
        try {
          for (const thrown of Object.values(THROWN)) {
            for (const fail of failingWith(thrown)) {
              const told: unknown[] = [];
              const server = await serve({
                onError: (error) => void told.push(error),
                ...of.serve?.(fail),
              }, of.handler?.(fail) ?? ECHO);
              await provoke(server.url.replace("ws:", "http:"), server);
              if (!isLast) await eventually("it is told", () => told.length > 0);
              if (!isLast) assert.ok(told.every((error) => error === thrown));
              if (name === "drain") continue; // it was the last call of this server
              const honest = await connect(server.url);
              await honest.send("hello");
              assert.equal(await honest.read(), "hello");
              await honest.close();
              await server.close({ timeoutMs: 100 });
            }
          }
        } finally {
          console.error = print;
        }
      },
    );
  }

  itEnds("(lookup of a client) rejects connect with it, or with an error about it", async () => {
    for (const thrown of Object.values(THROWN)) {
      for (const how of ["throws", "rejects"]) {
        const lookup = (): Promise<never> => {
          if (how === "throws") throw thrown;
          return Promise.reject(thrown);
        };
        await assert.rejects(connect("ws://name.invalid:1/", { lookup }), () => true);
      }
    }
  });
});
