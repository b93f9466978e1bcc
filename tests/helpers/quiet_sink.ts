/**
 * Sinks for protocols and wires whose input does not matter.
 *
 * @module
 */
import type { WireSink } from "../../src/connection/wire.ts";
import type { ProtocolSink } from "../../src/protocol/protocol_sink.ts";

/** Takes every event of a protocol and does nothing. */
export const quietProtocolSink: ProtocolSink = {
  beginMessage: () => "message",
  onMessage: () => true,
  onFragment: () => true,
  onPing() {},
  onPong() {},
  onClose() {},
  onViolation() {},
};

/** Takes every event of a wire and does nothing. */
export const quietSink: WireSink = {
  ...quietProtocolSink,
  work: 0,
  onActivity() {},
  onDrain() {},
  onEnding() {},
  onEnd() {},
  onFailed() {},
  onClosed() {},
};
