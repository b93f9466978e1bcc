/**
 * This library's reading of an input.
 *
 * @module
 */
import { constants, inflateRawSync } from "node:zlib";
import { HeadReader } from "../../src/handshake/http_head.ts";
import type { MessageCodec } from "../../src/protocol/message_codec.ts";
import type { Message } from "../../src/message.ts";
import { CollectingOutput } from "../../src/protocol/output.ts";
import { Protocol } from "../../src/protocol/protocol.ts";
import type { Delivery, ProtocolSink } from "../../src/protocol/protocol_sink.ts";
import type { Violation } from "../../src/protocol/violations.ts";
import { zlibEngine } from "../../src/runtime/node_builtins/zlib/codec.ts";
import {
  type Input,
  MAX_FIELDS,
  MAX_HEAD_BYTES,
  MAX_MESSAGE_BYTES,
  type Outcome,
  toHex,
} from "./outcome.ts";

/** A codec that decodes whole messages in the call, so that a reading is over when the call is. */
export function makeCodec(): MessageCodec {
  const direction = { windowBits: 15, takeover: true };
  const codec = zlibEngine.makeCodec({
    level: 6,
    thresholdBytes: 0,
    send: direction,
    receive: direction,
  });
  return {
    decode: (payload, maxBytes) => codec.decode(payload, maxBytes),
    encode: (payload) => codec.encode(payload),
    encodeFragment: (payload, options) => codec.encodeFragment(payload, options),
  };
}

/** What the readers answer goes nowhere; one buffer for all of them saves a quarter of the time. */
const answers = new CollectingOutput();

function makeProtocol(role: Input["role"], sink: Notes, codec: MessageCodec | null): Protocol {
  answers.release(answers.length);
  return new Protocol({
    role,
    sink,
    output: answers,
    maskingKeys: () => 0,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    ...codec === null ? {} : { codec },
  });
}

/** Whether a compressed message has a final block of its own, at which zlib stops. */
export const hasFinalBlock = (bytes: Uint8Array, role: Input["role"]): boolean =>
  hasPayload(stopsEarly, bytes, role);

/** Whether a compressed message has no byte, or still has the end of its last block. */
export const hasKeptEnd = (bytes: Uint8Array, role: Input["role"]): boolean =>
  hasPayload((payload) => payload.length === 0 || KEPT_END.test(toHex(payload)), bytes, role);

/** The end of a block that is flushed (RFC 7692 section 7.2.1). */
const KEPT_END = /0000ffff$/;

function hasPayload(
  isIt: (payload: Uint8Array) => boolean,
  bytes: Uint8Array,
  role: Input["role"],
): boolean {
  const codec = makeCodec();
  let isFound = false;
  const watched: MessageCodec = {
    ...codec,
    decode(payload, maxBytes) {
      isFound ||= isIt(payload);
      return codec.decode(payload, maxBytes);
    },
  };
  makeProtocol(role, new Notes(), watched).receive(bytes.slice());
  return isFound;
}

/** Whether zlib leaves a byte behind a payload: it has met a final block. */
function stopsEarly(payload: Uint8Array): boolean {
  // The end of the last block is not sent, and a final block may end within it.
  const input = Buffer.concat([payload, Uint8Array.of(0, 0, 0xff, 0xff, 0)]);
  const options = {
    info: true,
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: 1 << 20,
    dictionary: new Uint8Array(32_768), // references to earlier messages are no error
  };
  try {
    const result: unknown = inflateRawSync(input, options);
    const { engine } = result as { readonly engine: { readonly bytesWritten: number } };
    return engine.bytesWritten < input.length;
  } catch {
    return true; // damaged: whatever others make of it before they notice
  }
}

class Notes implements ProtocolSink {
  readonly events: string[] = [];
  end = "open";
  rule: string | undefined;

  beginMessage(): Delivery {
    return "message";
  }

  onMessage(data: Message): boolean {
    const isText = typeof data === "string";
    this.events.push(isText ? `t:${Buffer.from(data).toString("hex")}` : `b:${toHex(data)}`);
    return true;
  }

  onFragment(): boolean {
    return true;
  }

  onPing(payload: Uint8Array): void {
    this.events.push(`p:${toHex(payload)}`);
  }

  onPong(payload: Uint8Array): void {
    this.events.push(`o:${toHex(payload)}`);
  }

  onClose(code: number, reason: string): void {
    this.end = `close ${code} ${Buffer.from(reason).toString("hex")}`;
  }

  onViolation({ code, rule }: Violation): void {
    this.end = `fail ${code}`;
    this.rule = rule;
  }
}

/** Reads an input. */
export function readOurs({ kind, role, bytes }: Input): Outcome {
  if (kind === "heads") return readHead(role, bytes);
  const sink = new Notes();
  const protocol = makeProtocol(role, sink, kind === "deflate" ? makeCodec() : null);
  protocol.receive(bytes.slice());
  const { events, end, rule } = sink;
  return { events, end, ...rule === undefined ? {} : { rule } };
}

function readHead(role: Input["role"], bytes: Uint8Array): Outcome {
  const reader = new HeadReader({
    kind: role === "server" ? "request" : "response",
    maxHeadBytes: MAX_HEAD_BYTES,
    maxHeaderFields: MAX_FIELDS,
  });
  const progress = reader.push(bytes);
  if (progress.state === "more") return { events: [], end: "more" };
  if (progress.state === "refused") return { events: [], end: "refused", rule: progress.reason };
  const { head } = progress;
  const first = progress.state === "request"
    ? `${progress.head.method} ${progress.head.target}`
    : `${progress.head.status}`;
  const fields = head.headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`);
  return { events: [], end: ["head", first, ...fields].join("\n") };
}
