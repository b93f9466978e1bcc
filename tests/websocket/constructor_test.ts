/**
 * `new WebSocket(url, protocols, options)`: WebSockets standard section 3.1, the constructor steps.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rawSocketClass } from "../helpers/raw_sockets.ts";

/** A DOMException of this name. */
const named = (name: string) => (error: unknown): boolean =>
  error instanceof DOMException && error.name === name;
const syntaxError = named("SyntaxError");

function make(...args: unknown[]): { url: string; readyState: number } {
  const { Socket } = rawSocketClass();
  return Reflect.construct(Socket, args);
}

/** Runs with a `location`, as a page or `deno --location` has it. */
function at<T>(href: string, run: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, "location");
  Object.defineProperty(globalThis, "location", { value: new URL(href), configurable: true });
  try {
    return run();
  } finally {
    if (before === undefined) delete (globalThis as { location?: unknown }).location;
    else Object.defineProperty(globalThis, "location", before);
  }
}

describe("the URL of new WebSocket()", () => {
  it("the URL of new WebSocket() is needed, and the class is no function", () => {
    assert.throws(() => make(), TypeError);
    const { Socket } = rawSocketClass();
    assert.throws(() => Reflect.apply(Socket, undefined, ["ws://test/"]), TypeError);
  });

  it("throws SyntaxError when it cannot be parsed", () => {
    for (
      const url of ["", "ws://", "ws://a b/", "ws://test:65536/", "//test", "?q", undefined, {}]
    ) {
      assert.throws(() => make(url), syntaxError, String(url));
    }
  });

  it("throws SyntaxError for a scheme other than ws, wss, http and https", () => {
    for (
      const url of ["ftp://test/", "about:blank", "mailto:a@b", "blob:ws://test", "wsx://test/"]
    ) {
      assert.throws(() => make(url), syntaxError, url);
    }
  });

  it("throws SyntaxError for a fragment, an empty one too", () => {
    for (const url of ["ws://test/#", "ws://test/#a", "wss://test/?q#a", "http://test/#"]) {
      assert.throws(() => make(url), syntaxError, url);
    }
  });

  it("the URL of new WebSocket() is told serialized, with ws for http and wss for https", () => {
    const serialized = {
      "ws://test": "ws://test/",
      "WS://TEST:80/a/../b?q=ü": "ws://test/b?q=%C3%BC",
      "wss://test:443/": "wss://test/",
      "wss://test:80/": "wss://test:80/",
      "http://test/": "ws://test/",
      "https://test:443/": "wss://test/",
      "http://test:8080/%7Ea?": "ws://test:8080/%7Ea?",
      " ws://test/ ": "ws://test/",
      "ws://user:word@test/": "ws://user:word@test/",
      "ws://test/\ud800": "ws://test/%EF%BF%BD",
    };
    for (const [url, expected] of Object.entries(serialized)) {
      assert.equal(make(url).url, expected, url);
    }
    assert.equal(make(new URL("ws://test/a")).url, "ws://test/a");
    assert.equal(make({ toString: () => "ws://test/" }).url, "ws://test/");
  });

  it("the URL of new WebSocket() is relative to the location, where there is one", () => {
    at("https://test/a/b?c", () => {
      assert.equal(make("chat").url, "wss://test/a/chat");
      assert.equal(make("/chat?q").url, "wss://test/chat?q");
      assert.equal(make("").url, "wss://test/a/b?c");
      assert.equal(make("//other/").url, "wss://other/");
      assert.throws(() => make("#top"), syntaxError);
    });
    at("file:///a", () => assert.throws(() => make("chat"), syntaxError));
  });

  it("throws what its conversion to a string throws, before anything else", () => {
    const own = new Error("own");
    const failing = {
      toString() {
        throw own;
      },
    };
    assert.throws(() => make(failing, "a b"), own);
    assert.throws(() => make(Symbol("a")), TypeError);
  });
});

describe("the subprotocols of new WebSocket()", () => {
  it("the subprotocols of new WebSocket() may be a string, a list, anything that can be iterated, or left out", () => {
    const list = function* () {
      yield "a";
      yield "b";
    };
    for (const protocols of [undefined, [], "chat", ["a", "b"], new Set(["a"]), list(), null, 7]) {
      assert.equal(make("ws://test/", protocols).readyState, 0);
    }
  });

  it("throw SyntaxError when one is no token of HTTP", () => {
    const separators = [...'()<>@,;:\\"/[]?={} \t'];
    for (const protocol of ["", "a b", "ä", "\u0000", "\u007f", "a\n", ...separators, {}]) {
      assert.throws(() => make("ws://test/", protocol), syntaxError, JSON.stringify(protocol));
      assert.throws(() => make("ws://test/", ["ok", protocol]), syntaxError);
    }
    make("ws://test/", "!#$%&'*+-.^_`|~09azAZ");
  });

  it("options in their place are told to be the third argument", () => {
    assert.throws(() => make("ws://test/", { headers: {} }), /options are the third argument/);
  });

  it("throw SyntaxError when one is there twice, in whatever case", () => {
    for (const protocols of [["a", "a"], ["a", "b", "a"], ["chat", "Chat"]]) {
      assert.throws(() => make("ws://test/", protocols), syntaxError, protocols.join());
    }
  });

  it("are converted before the URL is parsed, and throw what that throws", () => {
    assert.throws(() => make("ftp://test/", [Symbol("a")]), TypeError);
    assert.throws(() => make("ftp://test/", Symbol("a")), TypeError);
  });
});

describe("the options of new WebSocket()", () => {
  it("are those of connect, and checked at once", () => {
    make("ws://test/", [], { maxMessageBytes: 5, headers: { a: "b" }, compression: true });
    assert.throws(() => make("ws://test/", [], { maxMessageBytes: -1 }), /maxMessageBytes/);
    assert.throws(() => make("ws://test/", [], { headers: { "a b": "c" } }), TypeError);
    assert.throws(() => make("ws://test/", [], { header: {} }), /unknown option "header"/);
    assert.throws(() => make("ws://test/", [], { path: 5 }), /^TypeError: path/);
    assert.throws(() => make("ws://test/", [], 5), /options must be an object, not 5/);
  });

  it("do not name what the standard has a place for", () => {
    for (const name of ["protocols", "handler", "onError"]) {
      const expected = new RegExp(`^TypeError: ${name}: is no option of a WebSocket`);
      assert.throws(() => make("ws://test/", [], { [name]: [] }), expected);
    }
  });
});

describe("a new WebSocket", () => {
  it("a new WebSocket is connecting, with everything at its initial value", () => {
    const { Socket } = rawSocketClass();
    const socket = new Socket("ws://test/");
    const { readyState, bufferedAmount, extensions, protocol, binaryType, connection } = socket;
    assert.deepEqual(
      { readyState, bufferedAmount, extensions, protocol, binaryType, connection },
      {
        readyState: 0,
        bufferedAmount: 0,
        extensions: "",
        protocol: "",
        binaryType: "blob",
        connection: null,
      },
    );
  });
});
