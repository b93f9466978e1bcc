/**
 * Streams and iterables that are sent as the fragments of one message.
 *
 * @module
 */
import type { SenderHost, Streamed } from "../connection/framing.ts";
import type { Message } from "../message.ts";
import type { MessageOptions } from "../protocol/message_options.ts";
import { EMPTY_BYTES } from "../bytes.ts";
import { UNFINISHED_MESSAGE } from "../connection/close_reason.ts";
import { withSignal } from "../promises.ts";
import { isBlob, nameOf, toWhole } from "../connection/sendable.ts";

/** Options of {@linkcode sendFragments}. */
export interface FragmentsOptions extends MessageOptions {
  readonly host: Pick<SenderHost, "mustBeOpen" | "whenReady" | "closeAfterError">;
  /** Ends the wait for the next fragment. */
  readonly signal: AbortSignal;
  /** Sends one fragment; throws when the connection is not open. */
  sendFragment(fragment: Message, options: MessageOptions): void;
}

/** Sends an iterable as the fragments of one message. */
export async function sendFragments(
  fragments: Streamed,
  { host, final, compress, signal, sendFragment }: FragmentsOptions,
): Promise<void> {
  const source = sourceOf(fragments);
  let last: Message | null = null;
  try {
    // The connection may have closed while the send waited behind another stream.
    host.mustBeOpen("send");
    for (;;) {
      const { done, value } = await withSignal(source.next(), signal);
      if (done) break;
      const fragment = toWhole(value);
      if (fragment === null) {
        throw new TypeError(`send: a part must be a string or bytes, not ${nameOf(value)}`);
      }
      sendFragment(fragment, { final: false, compress });
      last = fragment;
      await withSignal(host.whenReady(), signal);
    }
  } catch (error) {
    source.cancel(error).catch(() => {}); // not awaited: it may hang where `next` did
    if (last !== null) host.closeAfterError(error, UNFINISHED_MESSAGE);
    throw error;
  }
  // A fragment is known to be the last only when no other follows, so an empty frame ends the
  // message.
  const end = typeof last === "string" ? "" : EMPTY_BYTES;
  if (final || last === null) sendFragment(end, { final, compress });
}

/** A stream's reader or an iterator. */
interface Source {
  next(): Promise<{ done?: boolean; value?: Message }>;
  /** Tells the source that no further fragment will be read. */
  cancel(reason: unknown): Promise<void>;
}

function sourceOf(from: Streamed): Source {
  const fragments = isBlob(from) ? from.stream() : from;
  // A stream's reader, unlike its iterator, can be cancelled while it waits; and in some
  // browsers a stream is no async iterable.
  if ("getReader" in fragments) {
    const reader = fragments.getReader();
    return { next: () => reader.read(), cancel: (reason) => reader.cancel(reason) };
  }
  const iterator = fragments[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    async cancel() {
      await iterator.return?.();
    },
  };
}
