/** The transport suite over streams of each runtime's `node:http2`. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as http2 from "node:http2";
import { describe, it } from "node:test";
import { bind } from "../../../../src/runtime/node_builtins/bind.ts";
import { transportOfStream } from "../../../../src/runtime/node_builtins/http2/stream_transport.ts";
import { testBackpressure } from "../../../contract/transport/backpressure.ts";
import { testBytes } from "../../../contract/transport/bytes.ts";
import { testEnding } from "../../../contract/transport/ending.ts";
import { patience, type Place, toDialOptions } from "../../../contract/transport/pair.ts";
import {
  CONNECT_FIELDS,
  http2Runtime as runtime,
  openSession,
} from "../../../helpers/http2_runtime.ts";
import { RecordingSink } from "../../../helpers/recording_sink.ts";

for (const place of ["tcp", "unix", "tls"] satisfies Place[]) {
  describe(`an HTTP/2 stream over ${place} as transport`, () => {
    testBytes({ runtime, place });
    testBackpressure({ runtime, place });
    testEnding({ runtime, place }, {});
  });
}

describe("an HTTP/2 stream that the peer resets", () => {
  for (const [code, name] of [[8, "CANCEL"], [11, "ENHANCE_YOUR_CALM"], [0x99, "0x99"]] as const) {
    it(
      `an HTTP/2 stream that the peer resets with ${name} closes with that name in the cause, and without an end`,
      patience,
      async () => {
        const server = http2.createServer({ settings: { enableConnectProtocol: true } });
        const sink = new RecordingSink();
        server.on("stream", (stream) => {
          stream.respond({ ":status": 200 });
          transportOfStream(stream, null).sink = sink;
        });
        const { address, close } = await bind(server, {});
        const session = openSession(toDialOptions(address));
        await once(session, "remoteSettings");
        const stream = session.request(CONNECT_FIELDS);
        stream.on("error", () => {});
        await once(stream, "response");
        stream.close(code);
        await sink.until(() => sink.closes === 1);
        assert.equal(sink.ends, 0);
        assert.match(String(sink.cause), new RegExp(`reset .*: ${name} `));
        session.close();
        await close();
      },
    );
  }
});
