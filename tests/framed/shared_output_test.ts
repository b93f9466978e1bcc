/** The answer to a handshake goes through the output that all connections share. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Transport } from "../../src/transport/transport.ts";
import { makePlatform } from "../../src/framed/platform.ts";
import { TransportUpgrades } from "../../src/server/transport_upgrades.ts";
import { Upgrader } from "../../src/server/upgrader.ts";

/** A transport that writes nothing out, and keeps the buffers it is given. */
class KeepingTransport implements Transport {
  sink = { onChunk() {}, onEnd() {}, onDrain() {}, onClose() {} };
  readonly remoteAddress = null;
  readonly bufferedAmount = 0;
  readonly takenBytes = 0;
  readonly kept: Uint8Array[] = [];

  write(bytes: Uint8Array, start: number, end: number): boolean {
    this.kept.push(bytes.subarray(start, end));
    return false;
  }
  pause(): void {}
  resume(): void {}
  end(): void {}
  abort(): void {}

  get text(): string {
    return this.kept.map((bytes) => new TextDecoder().decode(bytes)).join("");
  }
}

describe("a handshake answered while another connection's bytes wait", () => {
  it("lets both have their own", () => {
    const platform = makePlatform();
    const { output } = platform;
    const upgrader = new Upgrader({ handler: { message() {} }, options: {}, platform });
    const other = new KeepingTransport(), transport = new KeepingTransport();
    output.cork();
    const at = output.reserve(other, 5);
    output.bytes.set(new TextEncoder().encode("other"), at);
    const headers = [
      ["Host", "test"],
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
      ["Sec-WebSocket-Version", "13"],
    ] as const;
    const rest = new Uint8Array(0);
    new TransportUpgrades(upgrader).upgrade({ method: "GET", target: "/", headers }, {
      transport,
      rest,
      scheme: "http",
    });
    output.uncork();
    assert.equal(other.text, "other");
    assert.match(transport.text, /^HTTP\/1\.1 101 .*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/s);
  });
});
