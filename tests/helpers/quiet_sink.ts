/**
 * A sink for wires whose input does not matter.
 *
 * @module
 */
import type { WireSink } from "../../src/connection/wire.ts";

/** Takes every event and does nothing. */
export const quietSink: WireSink = {
  work: 0,
  beginMessage: () => "message",
  onMessage: () => true,
  onFragment: () => true,
  onPing() {},
  onPong() {},
  onClose() {},
  onViolation() {},
  onActivity() {},
  onDrain() {},
  onEnding() {},
  onEnd() {},
  onFailed() {},
  onClosed() {},
};
