/**
 * A sink under message content: it writes down what is delivered, and answers as it is told.
 *
 * @module
 */
import type { Message } from "../../src/message.ts";
import type { Delivery, MessageHead, ProtocolSink } from "../../src/protocol/protocol_sink.ts";
import {
  type ProtocolTuning,
  type ResolvedProtocolOptions,
  resolveProtocolOptions,
} from "../../src/protocol/protocol_options.ts";
import type { ContentChunk } from "../../src/protocol/message_content.ts";
import { nameFragment, nameMessage } from "./protocol_events.ts";

/** Writes down messages and fragments. */
export class ContentSink implements ProtocolSink {
  readonly events: string[] = [];
  readonly given: Message[] = [];
  readonly heads: MessageHead[] = [];
  /** The answer of `beginMessage`. */
  delivery: Delivery = "message";
  /** The answer of `onMessage` and `onFragment`. */
  wantsMore = true;
  /** Called for each message and fragment. */
  react: () => void = () => {};

  beginMessage(head: MessageHead): Delivery {
    this.heads.push(head);
    return this.delivery;
  }

  onMessage(data: Message): boolean {
    return this.#take(data, nameMessage(data));
  }

  onFragment(data: Message, final: boolean): boolean {
    return this.#take(data, nameFragment(data, final));
  }

  onPing(): void {}
  onPong(): void {}
  onClose(): void {}
  onViolation(): void {}

  #take(data: Message, event: string): boolean {
    this.given.push(data);
    this.events.push(event);
    this.react();
    return this.wantsMore;
  }
}

/** Options of a server, for objects under test that are bound to options. */
export function optionsWith(
  maxMessageBytes: number = Infinity,
  tuning: ProtocolTuning = {},
): ResolvedProtocolOptions {
  return resolveProtocolOptions({ role: "server", maxMessageBytes, tuning });
}

/** A chunk of content that is all of `bytes`; by default a whole message in a whole frame. */
export function chunkOf(bytes: Uint8Array, change: Partial<ContentChunk> = {}): ContentChunk {
  const { length } = bytes;
  return {
    bytes,
    start: 0,
    end: length,
    frameBytes: length,
    endsFrame: true,
    endsMessage: true,
    payloadBits: 0xff,
    ...change,
  };
}
