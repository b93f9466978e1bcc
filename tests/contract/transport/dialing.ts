/**
 * Dialing: refusals, signals, and whom TLS trusts.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Transport } from "../../../src/transport/transport.ts";
import type { DialTls } from "../../../src/transport/runtime.ts";
import { RecordingSink } from "../../helpers/recording_sink.ts";
import { ca, cert, key, otherCa } from "../../helpers/tls/fixtures.ts";
import {
  type End,
  makeEnd,
  patience,
  toDialOptions,
  type TransportFeatures,
  type TransportRuntime,
  withPair,
  withPath,
} from "./pair.ts";
import { comesToRest, eventually } from "../../helpers/waiting.ts";

/** Declares the tests of dialing. */
export function testDialing(runtime: TransportRuntime, features: TransportFeatures = {}): void {
  const unused = (): RecordingSink => new RecordingSink();

  describe("dial()", () => {
    it("rejects where no server listens", patience, async () => {
      const listener = await runtime.listen({}, () => {});
      await listener.close();
      const sink = unused();
      await assert.rejects(runtime.dial(toDialOptions(listener.address), sink), Error);
      assert.equal(sink.closes, 0, "a sink without a transport hears nothing");
      await withPath((path) => assert.rejects(runtime.dial({ path }, sink), Error));
      assert.equal(sink.closes, 0);
    });

    it("rejects when its signal is aborted already", patience, async () => {
      const reason = new Error("enough");
      const options = { hostname: "127.0.0.1", port: 9, signal: AbortSignal.abort(reason) };
      await assert.rejects(runtime.dial(options, unused()), (error) => error === reason);
    });

    it(
      "rejects when its signal is aborted meanwhile, and drops the transport",
      patience,
      async () => {
        const accepted: End[] = [];
        const listener = await runtime.listen({}, (transport) => {
          const end = makeEnd(transport, unused());
          transport.sink = end.sink;
          accepted.push(end);
        });
        const controller = new AbortController();
        const { signal } = controller;
        const sink = unused();
        const dialed = runtime.dial({ ...toDialOptions(listener.address), signal }, sink);
        const reason = new Error("enough");
        controller.abort(reason);
        await assert.rejects(dialed, (error) => error === reason);
        await comesToRest(() => accepted.length);
        for (const { sink, transport } of accepted) {
          await sink.until(() => sink.ends + sink.closes > 0);
          transport.end();
          await sink.until(() => sink.closes === 1);
        }
        await listener.close();
        assert.equal(sink.closes, 0);
      },
    );

    it(
      "rejects when its signal is aborted during a TLS handshake without an answer",
      patience,
      async () => {
        const accepted = Promise.withResolvers<Transport>();
        const serverSink: RecordingSink = new RecordingSink({ onChunk: () => {} });
        const listener = await runtime.listen({}, (transport) => {
          transport.sink = serverSink;
          accepted.resolve(transport);
        });
        const sink = unused();
        const controller = new AbortController();
        const { signal } = controller;
        const dialed = runtime.dial({ ...toDialOptions(listener.address, "tls"), signal }, sink);
        dialed.catch(() => {});
        const transport = await accepted.promise;
        await serverSink.until(() => serverSink.receivedBytes > 0);
        const reason = new Error("enough");
        controller.abort(reason);
        await assert.rejects(dialed, (error) => error === reason);
        if (features.tlsAbort !== false) {
          await serverSink.until(() => serverSink.ends + serverSink.closes > 0);
        }
        transport.abort();
        await serverSink.until(() => serverSink.closes === 1);
        assert.equal(sink.closes, 0);
        await listener.close();
      },
    );

    it("ignores its signal once it has resolved", patience, async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const dial: TransportRuntime["dial"] = (options, sink) =>
        runtime.dial({ ...options, signal }, sink);
      await withPair({ runtime: { ...runtime, dial }, place: "tcp" }, async (pair) => {
        controller.abort();
        pair.client.writer.write(10);
        await pair.server.sink.until(() => pair.server.sink.receivedBytes === 10);
      });
    });

    /** Sends one byte over TLS. Returns how many bytes the server has received. */
    const meetTls = async (tls: DialTls, hostname: string): Promise<number> => {
      const sinks: RecordingSink[] = [];
      const listener = await runtime.listen({ tls: { cert, key } }, (transport) => {
        sinks.push(transport.sink = new RecordingSink());
      });
      const { port } = toDialOptions(listener.address) as { port: number };
      const sink = unused();
      try {
        const transport = await runtime.dial({ hostname, port, tls }, sink);
        transport.write(new Uint8Array(1), 0, 1);
        const received = (): number => sinks.reduce((sum, each) => sum + each.receivedBytes, 0);
        await eventually("a byte at the server", () => received() > 0);
        transport.abort();
        await sink.until(() => sink.closes === 1);
        return received();
      } finally {
        await listener.close();
        for (const each of sinks) await each.until(() => each.closes + each.ends > 0);
      }
    };

    it("trusts the given authority", patience, async () => {
      assert.equal(await meetTls({ ca }, "localhost"), 1);
      assert.equal(await meetTls({ ca: [otherCa, ca] }, "127.0.0.1"), 1);
      assert.equal(await meetTls({ ca, serverName: "localhost" }, "127.0.0.1"), 1);
    });

    it("rejects a certificate of another authority", patience, async () => {
      await assert.rejects(meetTls({ ca: otherCa }, "localhost"), Error);
      await assert.rejects(meetTls({}, "localhost"), Error);
    });

    it("rejects a certificate of another name", patience, async () => {
      await assert.rejects(meetTls({ ca, serverName: "example.com" }, "127.0.0.1"), Error);
    });

    it("rejects where the server does not speak TLS", patience, async () => {
      const listener = await runtime.listen({}, (transport) => {
        transport.sink = new RecordingSink({
          onChunk: () => {
            const answer = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n");
            transport.write(answer, 0, answer.length);
            transport.end();
          },
        });
      });
      await assert.rejects(runtime.dial(toDialOptions(listener.address, "tls"), unused()), Error);
      await listener.close();
    });
  });
}
