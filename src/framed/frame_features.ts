/**
 * The features of a connection that need frames: sending streams and iterables as the fragments of
 * one message, and the rules of framing. The wire provides them, so that a browser's client does
 * not load them.
 *
 * @module
 */
import type { FrameFeatures } from "../connection/framing.ts";
import { WebSocketError } from "../errors.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { FragmentReader } from "./fragment_reader.ts";
import { Sender } from "./sender.ts";

/** The features of {@linkcode FrameWire}. */
export const frameFeatures: FrameFeatures = {
  makeSender: (host) => new Sender(host),
  makeReader: (options) => new FragmentReader(options),
  putsOffFailure({ wire, context }, delay) {
    if (delay.failureDelay === "elapsed") return false;
    wire.pause();
    if (delay.failureDelay === "none") {
      context.platform.clock.after(0, () => {
        delay.failureDelay = "elapsed";
        wire.resume();
      });
    }
    delay.failureDelay = "running";
    return true;
  },
  failureOf({ code, rule, section, text, size }, { maxMessageBytes }) {
    const isTooBig = code === CloseCode.MessageTooBig;
    const bytes = size === undefined ? "more" : `at least ${size} bytes`;
    const why = isTooBig
      ? `the peer sent a message of ${bytes}, maxMessageBytes is ${maxMessageBytes}`
      : `the peer broke ${rule} (RFC 6455 section ${section}): ${text}`;
    const kind = isTooBig ? "ERR_MESSAGE_TOO_BIG" : "ERR_PROTOCOL";
    return { code, reason: text, cause: Object.assign(new WebSocketError(kind, why), { rule }) };
  },
};
