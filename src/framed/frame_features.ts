/**
 * What needs frames of our own: streams and iterables as the fragments of one message, and
 * rules of framing. A wire brings it along if it has frames, so that a client on a browser's
 * WebSocket, which gives and takes whole messages only, does not load any of it.
 *
 * @module
 */
import type { FrameFeatures } from "../connection/framing.ts";
import { WebSocketError } from "../errors.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { IncomingStream } from "./incoming_stream.ts";
import { Sender } from "./sender.ts";

/** All of it. */
export const frameFeatures: FrameFeatures = {
  makeSender: (host) => new Sender(host),
  makeStream: (wire) => new IncomingStream(wire),
  failureOf({ code, rule, section, text }) {
    const kind = code === CloseCode.MessageTooBig ? "ERR_MESSAGE_TOO_BIG" : "ERR_PROTOCOL";
    const why = `the peer broke ${rule} (RFC 6455 section ${section}): ${text}`;
    return { code, reason: text, cause: Object.assign(new WebSocketError(kind, why), { rule }) };
  },
};
