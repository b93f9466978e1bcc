/**
 * The bytes that are sent to a proxy, and the results of its answers.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { chooseProxy } from "../../../src/client/proxy/choose.ts";
import { throughProxy } from "../../../src/client/proxy/tunnel.ts";
import { WebSocketError } from "../../../src/errors.ts";

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

interface Told {
  readonly sent: string;
  readonly error: WebSocketError | null;
}

/** Opens a tunnel through a proxy that answers so. */
async function open(
  proxy: string,
  answers: readonly string[],
  to = "example.com:81",
  byteByByte = false,
): Promise<Told> {
  const url = new URL(`ws://${to}/`);
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const chosen = chooseProxy(proxy, { url, hostname, getEnv: undefined })!;
  const find = () => Promise.resolve(["192.0.2.1"]);
  const { tunnel } = throughProxy(chosen, { hostname, port: Number(url.port) }, {
    find,
    ca: undefined,
  });
  let sent = "";
  const chunks = byteByByte ? [...answers.join("")] : [...answers];
  const pipe = {
    read: () => Promise.resolve(chunks.length === 0 ? null : latin1(chunks.shift()!)),
    write(bytes: Uint8Array) {
      sent += String.fromCharCode(...bytes);
      return Promise.resolve();
    },
  };
  const error = await tunnel!.open(pipe).then(() => null, (error) => error);
  assert.ok(error === null || error instanceof WebSocketError, inspect(error));
  return { sent, error };
}

describe("CONNECT", () => {
  it("asks for host and port, and is content with 200", async () => {
    for (const byteByByte of [false, true]) {
      const { sent, error } = await open(
        "http://p:1",
        ["HTTP/1.1 200 OK\r\n\r\n"],
        undefined,
        byteByByte,
      );
      assert.equal(sent, "CONNECT example.com:81 HTTP/1.1\r\nHost: example.com:81\r\n\r\n");
      assert.equal(error, null);
    }
  });

  it("writes an IPv6 address in brackets", async () => {
    const { sent } = await open("http://p:1", ["HTTP/1.0 200 OK\r\n\r\n"], "[::1]:81");
    assert.match(sent, /^CONNECT \[::1\]:81 HTTP/);
  });

  it("sends user and password in UTF-8", async () => {
    const { sent } = await open("http://us%C3%A9r:p%3Ass@p:1", ["HTTP/1.1 200 OK\r\n\r\n"]);
    assert.match(sent, new RegExp(`Proxy-Authorization: Basic ${btoa("us\xc3\xa9r:p:ss")}\r\n`));
  });

  for (
    const [answer, status, message] of [
      [
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        407,
        /does not accept user and password/,
      ],
      ["HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nabc", 403, /answered 403 Forbidden$/],
      ["HTTP/1.1 502 Bad Gateway\r\n\r\n", 502, /502/],
      ["SSH-2.0-x\r\n\r\n", undefined, /does not speak HTTP/],
      ["HTTP/1.1 200 OK\r\n\r\nmore", undefined, /sent more than its answer/],
      ["HTTP/1.1 2", undefined, /ended the transport/],
    ] as const
  ) {
    it(`fails on ${JSON.stringify(answer)}, naming the proxy and no password`, async () => {
      const { error } = await open("http://user:secret@proxy.test:3128", [answer]);
      assert.equal(error?.code, "ERR_PROXY");
      assert.equal(error?.status, status);
      assert.match(error!.message, message);
      assert.match(error!.message, /^proxy proxy\.test:3128: /);
      assert.doesNotMatch(inspect(error), /secret|c2VjcmV0/);
    });
  }
});

describe("SOCKS 5", () => {
  const bound = "\x05\x00\x00\x01\x7f\x00\x00\x01\x12\x34";

  it("gives the name to the proxy with socks5h, the address with socks5", async () => {
    for (const byteByByte of [false, true]) {
      const byName = await open("socks5h://p:1", ["\x05\x00", bound], undefined, byteByByte);
      assert.equal(byName.sent, "\x05\x01\x00\x05\x01\x00\x03\x0bexample.com\x00\x51");
      assert.equal(byName.error, null);
    }
    const byAddress = await open("socks5://p:1", ["\x05\x00", bound]);
    assert.equal(byAddress.sent, "\x05\x01\x00\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x51");
    const six = await open("socks5h://p:1", ["\x05\x00", bound], "[2001:db8::1]:81");
    assert.equal(
      six.sent.slice(3),
      `\x05\x01\x00\x04\x20\x01\x0d\xb8${"\0".repeat(11)}\x01\x00\x51`,
    );
  });

  it("authenticates itself, if it is asked to", async () => {
    const { sent, error } = await open("socks5h://us:pass@p:1", [
      "\x05\x02",
      "\x01\x00",
      "\x05\x00\x00\x03\x01a\x00\x01",
    ]);
    assert.equal(error, null);
    assert.ok(
      sent.startsWith("\x05\x02\x00\x02\x01\x02us\x04pass\x05\x01\x00\x03"),
      JSON.stringify(sent),
    );
  });

  for (
    const [answers, message] of [
      [["\x05\xff"], /does not know user and password/],
      [["\x05\x02", "\x01\x01"], /does not accept user and password/],
      [["\x05\x00", "\x05\x05\x00\x01"], /was refused the connection/],
      [["\x05\x00", "\x05\x02\x00\x01"], /does not allow/],
      [["\x05\x00", "\x05\x63\x00\x01"], /reply 99/],
      [["HTTP/1.1 400"], /does not speak SOCKS 5/],
      [["\x05"], /ended the transport/],
    ] as const
  ) {
    it(`fails on ${JSON.stringify(answers)}, without the password`, async () => {
      const { error } = await open("socks5h://user:secret@proxy.test:3128", answers);
      assert.equal(error?.code, "ERR_PROXY");
      assert.match(error!.message, message);
      assert.doesNotMatch(inspect(error), /secret/);
    });
  }
});
