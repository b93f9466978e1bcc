/**
 * Handlers by path.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HandlerProducer, WebSocketHandler } from "../../src/handler.ts";
import { PendingOpening } from "../../src/server/pending_opening.ts";
import { matchPath, routes, type RouteTable } from "../../src/server/routes.ts";
import { cpuMs } from "../helpers/cpu_time.ts";
import { untyped } from "../helpers/untyped.ts";

const named = (protocol: string): WebSocketHandler => ({ protocol, open() {} });

async function find(produce: HandlerProducer, path: string): Promise<string> {
  const opening = new PendingOpening({ remoteAddress: null, peerAddress: null, context: null });
  const found = await produce(new Request(`http://test${path}`), ["a"], opening);
  if (found instanceof Response) return String(found.status);
  return found?.protocol ?? "none";
}

describe("routes", () => {
  const produce = routes({
    "/": named("root"),
    "/echo": named("echo"),
    "/chat/:room": named("room"),
    "/chat/:room/:user": (request, protocols) =>
      named(`${matchPath("/chat/:room/:user", request)?.user} ${protocols}`),
    "/files/*": named("files"),
    "/a.b+c(d)": named("literal"),
    "/café": named("as people write it"),
    "/a b": named("with a blank"),
    "/%7etilde": named("encoded"),
    "/*/:last/end": named("needs to look ahead"),
    "/:y-:m-:d": named("three names"),
    "/chat/late": named("never"),
  });

  for (
    const [path, expected] of [
      ["/", "root"],
      ["/echo", "echo"],
      ["/echo?x=1", "echo"],
      ["/echo/", "404"],
      ["/Echo", "404"],
      ["/chat/late", "room"],
      ["/chat/", "404"],
      ["/chat/a/b", "b a"],
      ["/chat/a/b/c", "404"],
      ["/files/", "files"],
      ["/files/a/b/c", "files"],
      ["/a.b+c(d)", "literal"],
      ["/aXb+c(d)", "404"],
      ["/café", "as people write it"],
      ["/caf%c3%a9", "as people write it"],
      ["/a%20b", "with a blank"],
      ["/%7Etilde", "encoded"],
      ["/a/b/end", "needs to look ahead"],
      ["/a/b/c/end", "needs to look ahead"],
      ["/a//end", "404"],
      ["/2026-11-30", "three names"],
      ["/2026-11", "404"],
    ] as const
  ) {
    it(`lead ${path} to ${expected}`, async () =>
      assert.equal(await find(produce, path), expected));
  }

  it("are checked when they are made", () => {
    assert.throws(
      () => routes(untyped<RouteTable>(undefined)),
      /^TypeError: routes: .*, not undefined$/,
    );
    assert.throws(() => routes({ echo: named("x") }), TypeError);
    assert.throws(() => routes({ "/": { message: 1 } } as unknown as RouteTable), TypeError);
    assert.throws(
      () => routes({ "/": untyped<WebSocketHandler>({ session() {}, message() {} }) }),
      TypeError,
    );
  });
});

describe("matchPath", () => {
  const match = (pattern: string, path: string): Record<string, string> | null =>
    matchPath(pattern, new Request(`http://test${path}`));

  it("gives the named parts, decoded", () => {
    assert.deepEqual(match("/chat/:room/:user", "/chat/caf%C3%A9/a%2Fb"), {
      room: "café",
      user: "a/b",
    });
    assert.deepEqual(match("/:a", "/%ff"), { a: "%ff" });
    assert.deepEqual(match("/fixed", "/fixed"), {});
    assert.equal(match("/:a", "/"), null);
  });

  it("gives each named part as few characters as the rest allows, as URLPattern does", () => {
    assert.deepEqual(match("/:a-:b", "/x-y-z"), { a: "x", b: "y-z" });
    assert.deepEqual(match("/*/:last", "/a/b/c"), { last: "c" });
    assert.equal(match("/:a-:b", "/x/-y"), null);
    assert.equal(match("/:a-:b", "/-y"), null);
  });

  it("refuses a name that stands in a pattern twice", () => {
    assert.throws(() => match("/:a/:a", "/b/c"), TypeError);
  });

  for (const pattern of ["/:y-:m-:d", "/:a-:b", "/*-*-*/end", "/*a*a*a*b"]) {
    it(`takes time linear in the path for ${pattern}`, () => {
      const path = `/${"a-".repeat(8_000)}/`;
      const before = cpuMs();
      assert.equal(match(pattern, path), null);
      assert.ok(cpuMs() - before < 5_000);
    });
  }
});
