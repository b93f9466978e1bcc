/**
 * Opening handshakes over an adapter: refusals as they were made, errors of `connect`, and HTTP.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rejectsWith } from "../../helpers/connections.ts";
import { type Adapter, ECHO, Log, patience, request, type Served, withServer } from "./host.ts";
import { nextTurn } from "../../helpers/waiting.ts";

/** Sends text and gives all that comes until the server closes. */
function exchange(served: Served, text: string): Promise<string> {
  const client = served.openRaw();
  // The user's own HTTP server would keep the connection after a refusal.
  client.socket.write(text.replace("Connection: Upgrade", "Connection: Upgrade, close"), "latin1");
  return client.closed();
}

const PLAIN = "GET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

export function testOpening(adapter: Adapter): void {
  const { features } = adapter;

  describe("an opening handshake", () => {
    if (features.refusals) {
      it("refused with a Response is answered with its status, headers and body", patience, () => {
        const refuse = () =>
          new Response("tea only: \u00e9\n", {
            status: 418,
            headers: [["X-Why", "tea"], ["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]],
          });
        return withServer(adapter, refuse, async (served) => {
          const answer = await exchange(served, request());
          assert.match(answer, /^HTTP\/1\.1 418 /);
          assert.match(answer, /^x-why: tea\r$/im);
          assert.equal(answer.match(/^set-cookie: [ab]=[12]\r$/gim)?.length, 2);
          assert.equal(answer.slice(answer.indexOf("\r\n\r\n") + 4), "tea only: \xc3\xa9\n");
          const error = await rejectsWith(served.connect(), "ERR_HANDSHAKE_STATUS");
          assert.equal(error.status, 418);
          assert.equal(served.connections.size, 0);
        });
      });

      it(
        "gives its handler the repeated fields of the request, joined as HTTP joins them",
        patience,
        () => {
          const tell = ({ headers }: Request): Response => {
            const seen = ["cookie", "x-two", "accept"].map((name) => headers.get(name));
            return new Response(seen.join("|"), { status: 401 });
          };
          return withServer(adapter, tell, async (served) => {
            const lines = ["Cookie: a=1", "X-Two: 1", "Cookie: b=2; c=3", "x-two: 2", "Accept: x"];
            const answer = await exchange(served, request(...lines));
            const seen = answer.slice(answer.indexOf("\r\n\r\n") + 4);
            assert.equal(seen, "a=1; b=2; c=3|1, 2|x");
          });
        },
      );

      it("refused with a redirect has its Location in the error", patience, () => {
        const redirect = () => new Response(null, { status: 307, headers: { Location: "/there" } });
        return withServer(adapter, redirect, async ({ connect }) => {
          const error = await rejectsWith(connect(), "ERR_HANDSHAKE_REDIRECT");
          assert.deepEqual([error.status, error.location], [307, "/there"]);
        });
      });

      it(
        "is answered with 400 for null and with 500 for an error of the producer",
        patience,
        () => {
          const errors = new Log<unknown>();
          return withServer(adapter, (request) => {
            if (request.url.endsWith("/null")) return null;
            throw new Error("mine");
          }, async ({ connect }) => {
            assert.equal((await rejectsWith(connect("/null"), "ERR_HANDSHAKE_STATUS")).status, 400);
            assert.equal((await rejectsWith(connect("/"), "ERR_HANDSHAKE_STATUS")).status, 500);
            assert.equal(((await errors.until(1))[0] as Error).message, "mine");
          }, { onError: (error) => errors.add(error) });
        },
      );

      it(
        "from a page of another host is answered with 403",
        patience,
        () =>
          withServer(adapter, ECHO, async (served) => {
            assert.match(
              await exchange(served, request("Origin: http://evil")),
              /^HTTP\/1\.1 403 /,
            );
          }),
      );

      it(
        "beyond maxConnections is answered with 503",
        patience,
        () =>
          withServer(adapter, ECHO, async ({ connect, connections }) => {
            const first = await connect();
            assert.equal((await rejectsWith(connect(), "ERR_HANDSHAKE_STATUS")).status, 503);
            const [counted] = connections;
            await first.close();
            await counted!.closed;
            const second = await connect();
            await second.close();
          }, { maxConnections: 1 }),
      );
    }

    it("decided later loses no message that comes meanwhile", patience, () => {
      const gate = Promise.withResolvers<typeof ECHO>();
      const asked = Promise.withResolvers<void>();
      const decide = (): typeof gate.promise => {
        asked.resolve();
        return gate.promise;
      };
      return withServer(adapter, decide, async (served) => {
        const opening = served.connect();
        await asked.promise;
        await nextTurn();
        gate.resolve(ECHO);
        const client = await opening;
        client.send("a");
        assert.equal(await client.read(), "a");
      });
    });

    it(
      "that takes too long rejects after handshakeTimeoutMs",
      patience,
      () =>
        withServer(adapter, () => new Promise(() => {}), async ({ connect }) => {
          await rejectsWith(connect("/", { handshakeTimeoutMs: 50 }), "ERR_HANDSHAKE_TIMEOUT");
        }),
    );

    it("rejects with the reason of its aborted signal", patience, () => {
      const asked = new Log();
      return withServer(adapter, () => {
        asked.add("");
        return new Promise(() => {});
      }, async ({ connect }) => {
        const controller = new AbortController(), reason = new Error("enough");
        const opening = connect("/", { signal: controller.signal });
        opening.catch(() => {});
        await asked.until(1);
        controller.abort(reason);
        await assert.rejects(opening, (error) => error === reason);
        const late = connect("/", { signal: controller.signal });
        await assert.rejects(late, (error) => error === reason);
      });
    });

    if (features.answersHttp && !features.fetch) {
      it(
        "is required by 426 in answer to an ordinary request",
        patience,
        () =>
          withServer(adapter, ECHO, async (served) => {
            const answer = await exchange(served, PLAIN);
            assert.match(answer, /^HTTP\/1\.1 426 /);
            assert.match(answer, /^upgrade: websocket\r$/im);
          }),
      );
    }

    if (features.fetch) {
      it("shares its port with ordinary HTTP requests", patience, () => {
        const fetch = async (request: Request): Promise<Response> => {
          const body = request.method === "POST" ? await request.text() : "nothing";
          return new Response(`<${new URL(request.url).pathname} ${body}>`, {
            headers: { "X-Mine": "1" },
          });
        };
        return withServer(adapter, ECHO, async (served) => {
          const client = await served.connect();
          const answer = await exchange(served, PLAIN);
          assert.match(answer, /^HTTP\/1\.1 200 OK[^]*^x-mine: 1\r$[^]*<\/hello nothing>/im);
          const post = PLAIN.replace("GET", "POST").replace(
            "\r\n\r\n",
            "\r\nContent-Length: 2\r\n\r\nhi",
          );
          assert.match(await exchange(served, post), /<\/hello hi>/);
          client.send("still");
          assert.equal(await client.read(), "still");
        }, { fetch });
      });
    }
  });
}
