/**
 * Streams and iterables that are sent as the fragments of one message.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Parts, PartsOptions, PartsSender } from "../connection/framing.ts";
import { withSignal } from "../promises.ts";
import { nameOf } from "../connection/sendable.ts";

/** Sends an iterable as the fragments of one message. */
export async function sendParts(
  parts: Parts,
  sender: PartsSender,
  { final, compress, stop }: PartsOptions,
): Promise<void> {
  const source = sourceOf(parts);
  let last: Message | null = null;
  try {
    sender.mustBeOpen("send"); // it may have had to wait its turn
    for (;;) {
      const { done, value: part } = await withSignal(source.next(), stop);
      if (done) break;
      if (typeof part !== "string" && !(part instanceof Uint8Array)) {
        throw new TypeError(`send: a part must be a string or a Uint8Array, not ${nameOf(part)}`);
      }
      sender.sendPart(part, { final: false, compress });
      last = part;
      await withSignal(sender.whenRoom(), stop);
    }
  } catch (error) {
    source.stop(error).catch(() => {}); // not awaited: it may hang where `next` did
    if (last !== null) sender.failMessage(error);
    throw error;
  }
  // Which part is the last shows only when there is no next one: an empty frame ends the message.
  const end = typeof last === "string" ? "" : new Uint8Array(0);
  if (final || last === null) sender.sendPart(end, { final, compress });
}

/** Where the parts of a message come from. */
interface PartSource {
  next(): Promise<{ done?: boolean; value?: Message }>;
  /** No more is wanted. */
  stop(reason: unknown): Promise<void>;
}

function sourceOf(parts: Parts): PartSource {
  // A stream's reader, unlike its iterator, can be cancelled while it waits; not every
  // browser's stream is an async iterable anyway.
  if ("getReader" in parts) {
    const reader = parts.getReader();
    return { next: () => reader.read(), stop: (reason) => reader.cancel(reason) };
  }
  const iterator = parts[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    async stop() {
      await iterator.return?.();
    },
  };
}
