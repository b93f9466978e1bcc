/**
 * An endpoint under test: a protocol machine, a sink that writes down what it hears, and
 * an output of which nothing is lost.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Message } from "../../src/message.ts";
import { type Violation, Violations } from "../../src/protocol/violations.ts";
import type { MessageCodec } from "../../src/protocol/message_codec.ts";
import { CollectingOutput } from "../../src/protocol/output.ts";
import { Protocol } from "../../src/protocol/protocol.ts";
import type { Delivery, MessageHead, ProtocolSink } from "../../src/protocol/protocol_sink.ts";
import type { Role } from "../../src/protocol/role.ts";
import type { ProtocolTuning } from "../../src/protocol/protocol_options.ts";
import { bits, concat, KEY } from "./bits.ts";
import {
  join,
  nameClose,
  nameControl,
  nameFailure,
  nameFragment,
  nameMessage,
  type Sent,
  toHex,
} from "./protocol_events.ts";

/** How an endpoint under test behaves. */
export interface EndpointOptions {
  /** How messages are asked for. `"wait"` waits once per message. Default `"message"`. */
  delivery?: Delivery;
  /** Whether the sink says after each message and fragment that it wants no more for now. */
  pausing?: boolean;
  maxMessageBytes?: number;
  tuning?: ProtocolTuning;
  codec?: MessageCodec;
  /** Masking keys of a client. Default: always {@linkcode KEY}. */
  maskingKeys?: () => number;
}

/** One endpoint and all it heard. */
export class Endpoint implements ProtocolSink {
  readonly protocol: Protocol;
  readonly output: CollectingOutput = new CollectingOutput();
  readonly events: string[] = [];
  /** The messages and fragments, as they were given. */
  readonly given: Message[] = [];
  readonly heads: MessageHead[] = [];
  delivery: Delivery;
  pausing: boolean;
  /** Called after each event is written down. */
  react: (event: string) => void = () => {};
  #pieces: Message[] = [];
  #hasWaited = false;
  #isPaused = false;
  #isStrict = false; // nothing may be heard while paused

  constructor(role: Role, options: EndpointOptions = {}) {
    const { delivery = "message", pausing = false, maskingKeys = () => KEY } = options;
    this.delivery = delivery;
    this.pausing = pausing;
    const { maxMessageBytes, tuning, codec } = options;
    this.protocol = new Protocol({
      role,
      sink: this,
      output: this.output,
      maskingKeys,
      maxMessageBytes,
      tuning,
      codec,
    });
  }

  /** Receives a chunk, going on after each pause until all is taken. */
  receive(chunk: Uint8Array): void {
    const { length } = chunk; // the sink may take the chunk away
    this.#isPaused = false;
    this.#isStrict = true;
    let at = this.protocol.receive(chunk);
    while (this.#isPaused) {
      this.#isPaused = false;
      at = this.protocol.receive(chunk, at);
    }
    this.#isStrict = false;
    assert.equal(at, length, "the chunk was left without a reason");
  }

  /** Receives what one read can take, as a transport does that reads to where it is told. */
  receiveInPlace(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      const { readTarget } = this.protocol;
      const part = chunk.slice(at, readTarget === null ? undefined : at + readTarget.length);
      readTarget?.set(part);
      this.receive(readTarget === null ? part : readTarget.subarray(0, part.length));
      at += part.length;
    }
  }

  /** Receives frames drawn as `bits` takes them, from the other role. */
  receiveBits(drawing: string): void {
    this.receive(bits(drawing, this.protocol.role === "server" ? "client" : "server"));
  }

  /** Sends one thing. */
  send(sent: Sent): void {
    if ("ping" in sent) this.protocol.sendPing(sent.ping);
    else if ("pong" in sent) this.protocol.sendPong(sent.pong);
    else if ("close" in sent) this.protocol.sendClose(...sent.close);
    else this.protocol.sendMessage(sent.message, { final: sent.final !== false, compress: true });
  }

  /** Everything that tells two runs apart. */
  get outcome(): { events: readonly string[]; output: string; state: string } {
    const { events, protocol } = this;
    return { events, output: toHex(this.output.take()), state: protocol.state };
  }

  beginMessage(head: MessageHead): Delivery {
    this.heads.push(head);
    if (this.delivery !== "wait") return this.delivery;
    this.#hasWaited = !this.#hasWaited;
    if (!this.#hasWaited) return "message";
    this.#isPaused = true;
    return "wait";
  }

  onMessage(data: Message): boolean {
    this.given.push(data);
    if (this.delivery === "fragment") this.#hear(nameFragment(data, true));
    else this.#hear(nameMessage(data));
    return this.#takeMore();
  }

  onFragment(data: Message, final: boolean): boolean {
    this.given.push(data);
    if (this.delivery === "fragment") this.#hear(nameFragment(data, final));
    else {
      this.#pieces.push(data);
      if (final) this.#hear(nameMessage(join(this.#pieces.splice(0))));
    }
    return this.#takeMore();
  }

  onPing(payload: Uint8Array): void {
    this.#hear(nameControl("ping", payload));
  }

  onPong(payload: Uint8Array): void {
    this.#hear(nameControl("pong", payload));
  }

  onClose(code: number, reason: string): void {
    this.#hear(nameClose(code, reason));
  }

  onViolation(violation: Violation): void {
    this.#hear(nameFailure(violation));
  }

  #takeMore(): boolean {
    this.#isPaused = this.pausing;
    return !this.pausing;
  }

  #hear(event: string): void {
    if (this.#isStrict && this.#isPaused) assert.fail(`${event} was heard while paused`);
    this.events.push(event);
    this.react(event);
  }
}

/**
 * The connection has *failed* (section 7.1.7): `violation` is heard last and once, and Close
 * carries its code.
 */
export function assertFailed(endpoint: Endpoint, violation: Violation): void {
  assert.equal(endpoint.protocol.state, "failed");
  assert.deepEqual(endpoint.events.filter((event) => event.startsWith("fail")), [
    nameFailure(violation),
  ]);
  assert.equal(endpoint.events.at(-1), nameFailure(violation));
  assertClosing(endpoint, violation.code, violation.text);
  endpoint.receive(Uint8Array.of(0x89, 0x00, 0xff, 0xff)); // nothing is heard or said any more
  assert.equal(endpoint.events.at(-1), nameFailure(violation));
  assert.equal(endpoint.output.length, 0);
}

/**
 * What the endpoint has written ends with one Close frame of this code and reason; takes the
 * output.
 */
export function assertClosing(endpoint: Endpoint, code?: number, reason = ""): void {
  const peer = new Endpoint(endpoint.protocol.role === "server" ? "client" : "server");
  peer.receive(endpoint.output.take());
  assert.equal(peer.events.at(-1), nameClose(code ?? 1005, reason));
  assert.equal(peer.protocol.state, "closed");
}

/** The closing handshake is done (section 7.1.4), with this code and reason from the peer. */
export function assertClosed(endpoint: Endpoint, code: number, reason = ""): void {
  assert.equal(endpoint.protocol.state, "closed");
  assert.equal(endpoint.events.at(-1), nameClose(code, reason));
}

/** The endpoint has written exactly these frames since it was last asked; takes the output. */
export function assertSent(endpoint: Endpoint, drawing: string): void {
  assert.equal(
    toHex(endpoint.output.take()),
    toHex(drawing === "" ? concat([]) : bits(drawing, endpoint.protocol.role)),
  );
}

/** The rules that a machine without extensions can see broken. */
export const PLAIN_VIOLATIONS: readonly Violation[] = Object.values(Violations)
  .filter((violation) => violation !== Violations.badEncoding);

/** The other end. */
export function peerOf(role: Role): Role {
  return role === "server" ? "client" : "server";
}
