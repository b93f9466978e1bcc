/**
 * Our client as a module of a page, against our server: directly, through nginx with TLS on a path
 * of its own, and through HAProxy, Caddy and Apache.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { onRuntime } from "../../scripts/lib/on_runtime.ts";
import { type RunningServer, startServer } from "../../scripts/lib/process.ts";
import type { FoundRuntime } from "../../scripts/lib/runtimes.ts";
import type { ConnectOptions, WebSocketConnection } from "../../src/runtime/web/mod.ts";
import type { Daemon } from "../helpers/daemon.ts";
import {
  startApache,
  startCaddy,
  startHaproxyBefore,
  startNginx,
} from "../helpers/reverse_proxies.ts";
import { Browser, BROWSER_NAME, type Page } from "./browsers.ts";

const runtime: FoundRuntime = JSON.parse(process.env.CHAT_RUNTIME ?? fail());

function fail(): never {
  throw new Error("Start the browser tests by: deno task test:browser");
}

/** The functions that `client_page.js` gives to those below, which run in the page. */
declare function dial(path: string, options?: ConnectOptions): Promise<WebSocketConnection>;

/** Runs a function in the page. It can use `dial`, its argument, and nothing else from outside. */
async function inPage<Argument, Result>(
  page: Page,
  does: (argument: Argument) => Promise<Result>,
  argument: Argument,
): Promise<Result> {
  return await page.evaluate(`(${does})(${JSON.stringify(argument)})`) as Result;
}

async function converse(): Promise<unknown> {
  const connection = await dial("echo", { maxMessageBytes: 9 * 1024 * 1024 });
  await connection.send("grüß dich 🎉");
  const text = await connection.readText();
  const large = new Uint8Array(8 * 1024 * 1024).map((_, index) => index * 7 + (index >> 8));
  await connection.send(large);
  const back = await connection.readBinary();
  const isSame = back?.length === large.length && back.every((byte, at) => byte === large[at]);
  const sent = (async () => {
    for (let i = 0; i < 500; i++) await connection.send(`${i}`);
  })();
  let inOrder = 0;
  for await (const message of connection) {
    if (message !== `${inOrder}`) break;
    if (++inOrder === 500) break;
  }
  await sent;
  const { extensions } = connection;
  await connection.close();
  return { text, isSame, inOrder, extensions: extensions.split(";")[0] };
}

async function closeWith(codes: readonly number[]): Promise<unknown> {
  const ends = [];
  for (const code of codes) {
    const connection = await dial("echo");
    const { code: told, reason, wasClean } = await connection.close(code, "the page's");
    ends.push([told, reason, wasClean]);
  }
  return ends;
}

async function seeEnds(paths: readonly string[]): Promise<unknown> {
  const ends = [];
  for (const path of paths) {
    const connection = await dial(path);
    const { code, reason, wasClean } = await connection.closed;
    ends.push([code, reason, wasClean]);
  }
  return ends;
}

async function sendTo(path: string): Promise<unknown> {
  const connection = await dial(path);
  connection.send(new Uint8Array(path === "echo" ? 9 * 1024 * 1024 + 1 : 1)).catch(() => {});
  return (await connection.closed).code;
}

async function choose(): Promise<unknown> {
  const chosen = await dial("chosen", { protocols: ["a", "b"] });
  await chosen.send("?");
  const told = await chosen.readText();
  await chosen.close();
  const passedOver = await dial("echo", { protocols: ["a"] }).then(
    () => "open",
    ({ code }) => code,
  );
  const refused = await dial("chosen", { protocols: ["a"] }).then(() => "open", ({ code }) => code);
  return { protocol: chosen.protocol, told, passedOver, refused };
}

/** Opens a connection that the server is to end, and notes its end. */
async function stay(): Promise<void> {
  const connection = await dial("echo");
  await connection.send("still here");
  await connection.readText();
  const end = connection.closed.then(({ code, reason, wasClean }) => [code, reason, wasClean]);
  Object.assign(globalThis, { end });
}

/** How the page comes to the server: through a proxy, and where that is seen. */
interface Way {
  readonly start?: (to: number) => Promise<Daemon>;
  readonly urlOf: (port: number) => string;
}

const plain = (port: number): string => `http://127.0.0.1:${port}/`;
const WAYS: Readonly<Record<string, Way>> = {
  "directly": { urlOf: plain },
  "through nginx with TLS": {
    start: (to) => startNginx(to, { isSecure: true }),
    urlOf: (port) => `https://localhost:${port}/app/`,
  },
  "through HAProxy": { start: (to) => startHaproxyBefore(to, "http"), urlOf: plain },
  "through Caddy": { start: startCaddy, urlOf: plain },
  "through Apache": {
    start: (to) => startApache(to, { servesPages: true }),
    urlOf: plain,
  },
};

describe(`connect in ${BROWSER_NAME}, served by ${runtime.name}`, { timeout: 500_000 }, () => {
  let browser: Browser, server: RunningServer;
  const pages = new Map<string, Page>();
  const proxies: Daemon[] = [];

  before(async () => {
    server = await startServer(await onRuntime(runtime.name, "tests/browser/client_server.ts"));
    browser = await Browser.launch();
    const port = Number(new URL(server.url).port);
    for (const [way, { start, urlOf }] of Object.entries(WAYS)) {
      const proxy = await start?.(port);
      if (proxy !== undefined) proxies.push(proxy);
      const page = await browser.open(urlOf(proxy?.port ?? port));
      await page.until("globalThis.isReady");
      pages.set(way, page);
    }
  });

  after(async () => {
    await browser?.close();
    for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
    await server?.stop();
  });

  for (const way of Object.keys(WAYS)) {
    const run = <Argument>(does: (argument: Argument) => Promise<unknown>, argument: Argument) =>
      inPage(pages.get(way)!, does, argument);

    it(`${way}: text, 8 MiB and 500 messages in order come back, compressed`, async () => {
      assert.deepEqual(await run(converse, undefined), {
        text: "grüß dich 🎉",
        isSame: true,
        inOrder: 500,
        extensions: "permessage-deflate",
      });
    });

    it(`${way}: close codes of the page arrive, and are told as sent`, async () => {
      const codes = [1000, 3000, 4999];
      assert.deepEqual(
        await run(closeWith, codes),
        codes.map((code) => [code, "the page's", true]),
      );
    });

    it(`${way}: close codes of the server arrive`, async () => {
      const codes = [1000, 1001, 1011, 4000];
      assert.deepEqual(
        await run(seeEnds, codes.map((code) => `ends/${code}`)),
        codes.map((code) => [code, "the server's", true]),
      );
    });

    it(`${way}: a handler that throws ends with 1011, a message too big with 1009`, async () => {
      assert.deepEqual([await run(sendTo, "throws"), await run(sendTo, "echo")], [1011, 1009]);
    });

    it(`${way}: a subprotocol is agreed on, or there is no connection`, async () => {
      assert.deepEqual(await run(choose, undefined), {
        protocol: "b",
        told: "b",
        // Firefox goes on without one, so that it is our client that fails the connection.
        passedOver: BROWSER_NAME === "chromium" ? "ERR_CONNECT" : "ERR_HANDSHAKE",
        refused: "ERR_CONNECT",
      });
    });
  }

  it("a server that ends tells every page 1001, cleanly, also through each proxy", async () => {
    for (const page of pages.values()) await inPage(page, stay, undefined);
    process.kill(server.pid, "SIGTERM");
    for (const page of pages.values()) {
      assert.deepEqual(await page.evaluate("end"), [1001, "server is closing", true]);
    }
    assert.equal(await server.ended, "exit code 0");
  });

  it("its scripts do not fail", () => {
    for (const page of pages.values()) assert.deepEqual(page.errors, []);
  });
});
