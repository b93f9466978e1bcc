/**
 * A runtime whose accepted transports come out of HTTP upgrades, for the transport suite.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import type { Runtime } from "../../src/transport/runtime.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const RESPONSE = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

const write = (transport: Transport, text: string): void => {
  const bytes = new TextEncoder().encode(text);
  transport.write(bytes, 0, bytes.length);
};

/** Takes the response's head, then hands over to the sink that dialed. */
class UpgradingSink implements TransportSink {
  readonly upgraded: Promise<Transport>;
  readonly #resolve: (transport: Transport) => void;
  readonly #reject: (cause: unknown) => void;
  readonly #sink: TransportSink;
  #transport: Transport | null = null;
  #received = 0;

  constructor(sink: TransportSink) {
    const { promise, resolve, reject } = Promise.withResolvers<Transport>();
    this.upgraded = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#sink = sink;
  }

  start(transport: Transport): void {
    this.#transport = transport;
    write(transport, REQUEST);
  }

  onChunk(chunk: Uint8Array): void {
    const rest = chunk.slice(RESPONSE.length - this.#received);
    this.#received += chunk.length;
    if (this.#received < RESPONSE.length) return;
    this.#transport!.sink = this.#sink;
    this.#resolve(this.#transport!);
    if (rest.length > 0) this.#sink.onChunk(rest);
  }

  onEnd(): void {
    this.#reject(new Error("refused"));
    this.#transport?.end();
  }

  onDrain(): void {}

  onClose(cause: unknown): void {
    this.#reject(cause);
  }
}

/** Makes the runtime. */
export function makeUpgradingRuntime(
  { listenHttp, dial }: Pick<Runtime, "listenHttp" | "dial">,
): Pick<Runtime, "listen" | "dial"> {
  return {
    listen: (options, accept) =>
      listenHttp(options, {
        fetch: () => assert.fail("not asked for"),
        onError: (error) => assert.ifError(error),
        upgrade(_head, transport, rest) {
          assert.equal(rest.length, 0);
          write(transport, RESPONSE);
          accept(transport);
        },
      }),
    async dial(options, sink) {
      const upgrading = new UpgradingSink(sink);
      upgrading.start(await dial(options, upgrading));
      return await upgrading.upgraded;
    },
  };
}
