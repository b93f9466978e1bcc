/**
 * Reads from a native WebSocket, which delivers whole messages only.
 *
 * @module
 */
import type { Message } from "../message.ts";
import type { Delivery } from "../protocol/protocol_sink.ts";
import type { ReadKind } from "./read_wait.ts";
import { WebSocketError } from "../errors.ts";
import { type AnyResult, PullReceiver } from "./pull_receiver.ts";

/** The receiver of a handler that reads, for whole messages. */
export class MessageReader extends PullReceiver<Message> {
  beginMessage(): Delivery {
    return "message";
  }

  onMessage(data: Message): boolean {
    return this.deliver(data);
  }

  onFragment(): boolean {
    return true;
  }

  protected conflictOf(kind: ReadKind): Error | null {
    if (kind === "message" || kind === "step") return null;
    const why = "a native WebSocket gives whole messages only: use read()";
    return new WebSocketError("ERR_NOT_SUPPORTED", `${kind} read: ${why}`);
  }

  protected convert(kind: ReadKind, value: Message): AnyResult {
    return kind === "step" ? { done: false, value } : value;
  }
}
